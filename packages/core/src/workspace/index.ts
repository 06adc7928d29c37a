export { createWorkspaceManager, type WorkspaceManagerOptions } from './create-workspace-manager.ts'
export type { SandboxOwner } from './file-access.ts'
export { redactCredentials } from './redact-credentials.ts'
export type { FileEdit, Snapshot, Workspace, WorkspaceManager, WorkspaceSource } from './workspace.ts'
