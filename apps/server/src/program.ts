import { VERSION } from '@codex/core'
import { defineCommand, runMain } from 'citty'

/** Adding a command is one file in `commands/` and one line here; each is loaded when it is asked for. */
const command = defineCommand({
  meta: {
    name: 'codex',
    version: VERSION,
    description: 'Codex Orchestrator: the server and what operators do beside it',
  },
  default: 'serve',
  subCommands: {
    doctor: () => import('./commands/doctor.ts').then(({ doctorCommand }) => doctorCommand),
    export: () => import('./commands/portable.ts').then(({ exportCommand }) => exportCommand),
    import: () => import('./commands/portable.ts').then(({ importCommand }) => importCommand),
    move: () => import('./commands/move.ts').then(({ moveCommand }) => moveCommand),
    serve: () => import('./commands/serve.ts').then(({ serveCommand }) => serveCommand),
  },
})

/** Does what the command line says. */
export async function runProgram(): Promise<void> {
  await runMain(command)
}
