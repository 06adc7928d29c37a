import { deleteFile } from './delete-file.ts'
import { editFile } from './edit-file.ts'
import { installDependencies } from './install-dependencies.ts'
import { listFiles } from './list-files.ts'
import { readFile } from './read-file.ts'
import { runCommand } from './run-command.ts'
import { searchFiles } from './search-files.ts'
import type { Tool } from './tool.ts'
import { writeFile } from './write-file.ts'

/** Tools of agents that work on the worktree, in the order in which models see them. */
export const WORKTREE_TOOLS: readonly Tool[] = [
  listFiles,
  readFile,
  searchFiles,
  writeFile,
  editFile,
  deleteFile,
  runCommand,
  installDependencies,
]
