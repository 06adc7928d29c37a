import { defineCommand, runMain } from 'citty'
import { SCENARIO_ARGUMENTS, scenariosCommand } from './scenarios-command.ts'

const command = defineCommand({
  meta: { name: 'test-runner', description: 'Holds the orchestrator against its promises' },
  args: SCENARIO_ARGUMENTS,
  default: 'scenarios',
  subCommands: {
    scenarios: scenariosCommand,
    hostile: () => import('./hostile/hostile-command.ts').then(({ hostileCommand }) => hostileCommand),
    recall: () => import('./recall/recall-command.ts').then(({ recallCommand }) => recallCommand),
    chaos: () => import('./chaos/chaos-command.ts').then(({ chaosCommand }) => chaosCommand),
    bench: () => import('./bench/bench-command.ts').then(({ benchCommand }) => benchCommand),
  },
})

await runMain(command)
