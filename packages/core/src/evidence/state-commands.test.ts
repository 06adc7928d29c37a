import type { CommandEvidence } from '@codex/protocol'
import { expect, test } from 'vitest'
import { stateCommands } from './state-commands.ts'

const command: CommandEvidence = {
  purpose: 'agent',
  argv: ['true'],
  cwd: '.',
  envNames: [],
  exitCode: 0,
  signal: null,
  limit: null,
  limits: null,
  durationMs: 1,
  outputDigest: 'd',
  outputTail: '',
  treeBefore: null,
  treeAfter: null,
  sandbox: 'bubblewrap',
  isolated: true,
  network: [],
  deniedHosts: [],
}
const placed = (changes: Partial<CommandEvidence> = {}) => ({
  stepId: 'code',
  attempt: 1,
  command: { ...command, ...changes },
})

test('names a command with its place', () => {
  expect(stateCommands([placed()])).toEqual({ omitted: 0, commands: [{ stepId: 'code', attempt: 1, ...command }] })
})

test('keeps the last commands of a run that has very many, and counts the others', () => {
  const { commands, omitted } = stateCommands(Array.from({ length: 620 }, (_, n) => placed({ argv: [String(n)] })))
  expect([commands.length, omitted, commands[0]?.argv, commands.at(-1)?.argv]).toEqual([500, 120, ['120'], ['619']])
})

test('cuts long texts: an argument names the digest of the whole, output keeps its end', () => {
  const { commands } = stateCommands([
    placed({ argv: ['sh', '-c', 'x'.repeat(5_000)], outputTail: `${'y'.repeat(900)}end` }),
  ])
  expect(commands[0]?.argv[2]).toMatch(/^x{1000}… \(5000 characters, sha256 [0-9a-f]{64}\)$/)
  expect(commands[0]?.outputTail).toHaveLength(500)
  expect(commands[0]?.outputTail).toMatch(/yend$/)
})
