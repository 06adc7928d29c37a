import { diagnosisContent } from '@codex/protocol'
import { expect, test } from 'vitest'
import { renderTask } from '../../../task/agent-task.ts'
import { createBuiltinModel } from '../builtin-model.ts'
import { debugTask, lineAt } from './debug-task.fixture.ts'

async function ask(task: Parameters<typeof renderTask>[0]) {
  const content = [{ type: 'text' as const, text: renderTask(task) }]
  const { content: parts } = await createBuiltinModel().doGenerate({ prompt: [{ role: 'user', content }] })
  const [part] = parts
  return part?.type === 'text' ? diagnosisContent.parse(JSON.parse(part.text)) : null
}

test('the offline model plays the Debug agent', async () => {
  const logs = [
    "TypeError: Cannot read properties of undefined (reading 'id')",
    '    at getUser (/app/src/users.js:12:22)',
  ]
  const diagnosis = await ask(debugTask(logs, { 'src/users.js': lineAt(12, 'const id = session.user.id') }))
  expect(diagnosis?.rootCauses).toEqual([
    {
      hypothesis: expect.stringContaining('`session.user` is undefined when `id` is read in getUser (src/users.js:12)'),
      confidence: 0.85,
      evidence: logs.map((log) => ({ path: 'src/users.js', line: 12, log })),
    },
  ])
})

test('the offline model refuses logs that tell it nothing', async () => {
  await expect(ask(debugTask('all is well'))).rejects.toMatchObject({ code: 'MODEL_CANNOT_SERVE' })
})
