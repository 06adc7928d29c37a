import { expect, test } from 'vitest'
import { debugTask } from './debug-task.fixture.ts'
import { writeDiagnosis } from './write-diagnosis.ts'

const TWO_CAUSES =
  "TypeError: Cannot read properties of undefined (reading 'id')\n    at a (/app/src/a.js:1:1)\nError: connect ECONNREFUSED 10.0.0.1:5432"

test('ranks by confidence, counts equal causes and recommends what follows from them', () => {
  const { rootCauses, monitoringRecommendations } = writeDiagnosis(
    debugTask(`${TWO_CAUSES}\n${TWO_CAUSES}`, { 'src/a.js': 'a.id\n' }),
  )
  expect(rootCauses.map(({ confidence }) => confidence)).toEqual([0.9, 0.7])
  expect(rootCauses[1]?.hypothesis).toMatch(/It is logged 2 times\.$/)
  expect(monitoringRecommendations).toHaveLength(4)
})

test.each(['database', 'connection pool', '10.0.0.1'])('the focus %j puts its causes first', (focus) => {
  const task = debugTask(TWO_CAUSES, { 'src/a.js': 'a.id\n' }, { options: { debugFocus: [focus] } })
  const { rootCauses } = writeDiagnosis(task)
  expect(rootCauses[0]?.hypothesis).toMatch(/10\.0\.0\.1/)
  expect(rootCauses.map(({ confidence }) => confidence)).toEqual([0.65, 0.65])
})

test('says when nothing is about the focus', () => {
  const task = debugTask(TWO_CAUSES, {}, { options: { debugFocus: ['kubernetes'] } })
  expect(writeDiagnosis(task).summary).toContain('Nothing found is about the focus (kubernetes)')
})

test('a place in a file of another version is not named', () => {
  const log = "TypeError: Cannot read properties of null (reading 'id')\n    at a (/app/src/a.js:90:1)"
  expect(writeDiagnosis(debugTask(log, { 'src/a.js': 'short\n' })).rootCauses[0]?.evidence).toEqual([
    { path: null, line: null, log: log.split('\n')[0] },
    { path: null, line: null, log: log.split('\n')[1] },
  ])
})

test('a path that fits several files is not guessed', () => {
  const task = debugTask('Error: x\n    at f (/srv/index.js:1:1)', { 'a/index.js': 'a\n', 'b/index.js': 'b\n' })
  expect(writeDiagnosis(task).rootCauses[0]?.evidence[0]).toMatchObject({ path: null, line: null })
})

test('reads the prompt when there is nothing else', () => {
  const task = debugTask('', {}, { prompt: 'It prints\nTypeError: cb is not a function\nwhat now?' })
  expect(writeDiagnosis(task).rootCauses[0]?.hypothesis).toMatch(/^`cb` is not a function/)
})

test.each([
  ['', /no logs and no failed tests/],
  ['server started\nall is well', /None of the 2 lines of the logs/],
])('refuses logs that tell nothing: %j', (logs, message) => {
  expect(() => writeDiagnosis(debugTask(logs))).toThrow(message)
  expect(() => writeDiagnosis(debugTask(logs))).toThrow(expect.objectContaining({ code: 'MODEL_CANNOT_SERVE' }))
})

test('is the same for the same task', () => {
  const task = debugTask(TWO_CAUSES, { 'src/a.js': 'a.id\n' })
  expect(JSON.stringify(writeDiagnosis(task))).toBe(JSON.stringify(writeDiagnosis(structuredClone(task))))
})
