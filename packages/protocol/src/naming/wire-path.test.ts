import { expect, test } from 'vitest'
import { orchestrateRequest } from '../orchestrate-request.ts'
import { toWirePath } from './wire-path.ts'

test.each([
  ['prompt', 'prompt'],
  ['agentSequence.1', 'agent_sequence.1'],
  ['options.coverageGoals', 'options.coverage_goals'],
  ['options.existingFiles.0.path', 'options.existing_files.0.path'],
  ['budget.maxUsd', 'budget.max_usd'],
  ['options.myOwn.innerKey', 'options.myOwn.innerKey'],
  ['context.someKey', 'context.someKey'],
  ['agent_sequence.1', 'agent_sequence.1'],
  ['', ''],
])('%s becomes %s', (path, wirePath) => {
  expect(toWirePath(orchestrateRequest, path)).toBe(wirePath)
})
