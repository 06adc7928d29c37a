import { CodexError } from '@codex/protocol'
import { z } from 'zod'
import { normalizePath } from '../../task/given-files.ts'
import { describeCommand } from './command-report.ts'
import { defineTool } from './tool.ts'

const argv = z.array(z.string()).min(1).describe('Program and arguments, such as ["npm", "test"]')

/** Weak models send a command line where a list is asked for; a shell understands it. */
function mendCommandLine(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('argv' in input)) return input
  const given = input.argv
  const line = Array.isArray(given) && given.length === 1 ? given[0] : given
  if (typeof line !== 'string') return input
  return { ...input, argv: /\s/.test(line.trim()) ? ['sh', '-c', line] : [line.trim()] }
}

export const runCommand = defineTool({
  name: 'run_command',
  description:
    'Runs a program in a sandbox with the repository as working folder: no network, limited time, no input. No shell unless you start one: ["sh", "-c", "…"].',
  inputSchema: z.object({
    argv,
    cwd: z.string().max(4_096).optional().describe('Folder relative to the root of the repository'),
  }),
  mend: mendCommandLine,
  async execute({ argv: [program = '', ...args], cwd: givenFolder }, { workspace, runCommand: run, warn }) {
    if (program.trim() === '') return { text: 'argv names no program.', failed: true }
    const cwd = normalizePath(givenFolder ?? '').replace(/^\.?\/?$/, '')
    try {
      const result = await run({ argv: [program, ...args], ...(cwd === '' ? {} : { cwd }) })
      return { text: describeCommand(result, workspace.worktree), failed: result.exitCode !== 0 }
    } catch (error) {
      if (!CodexError.isInstance(error) || error.code !== 'SANDBOX_UNAVAILABLE') throw error
      warn(`A command could not be started: ${error.message}`)
      return { text: `The command could not be started: ${error.message}`, failed: true }
    }
  },
})
