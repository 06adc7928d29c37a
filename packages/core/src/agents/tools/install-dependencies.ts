import { CodexError } from '@codex/protocol'
import { z } from 'zod'
import { describeCommand } from './command-report.ts'
import { defineTool } from './tool.ts'

export const installDependencies = defineTool({
  name: 'install_dependencies',
  description:
    "Installs what the project's manifest (such as package.json) declares. The only way to get packages; run it after you changed the manifest.",
  inputSchema: z.object({}),
  mend: (input) => input ?? {},
  async execute(_input, { workspace, installDependencies: install, warn }) {
    try {
      const result = await install()
      if (result === null) return { text: 'There is nothing to install: no manifest declares dependencies.' }
      return { text: describeCommand(result, workspace.worktree), failed: result.exitCode !== 0 }
    } catch (error) {
      if (!CodexError.isInstance(error) || error.code !== 'SANDBOX_UNAVAILABLE') throw error
      warn(`Dependencies could not be installed: ${error.message}`)
      return { text: `Dependencies could not be installed: ${error.message}`, failed: true }
    }
  },
})
