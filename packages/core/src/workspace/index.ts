export { createWorkspaceManager } from './create-workspace-manager.ts'
export { type DiffLine, readDiffLines } from './diff-lines.ts'
export type { Workspace } from './workspace.ts'
