export { createWorkspaceManager } from './create-workspace-manager.ts'
export type { Workspace } from './workspace.ts'
