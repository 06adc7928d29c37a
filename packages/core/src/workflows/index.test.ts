import { readdir } from 'node:fs/promises'
import { BUILT_IN_AGENTS } from '@codex/protocol'
import { expect, test } from 'vitest'
import { WORKFLOWS } from './index.ts'

test('every workflow file is registered', async () => {
  const files = await readdir(import.meta.dirname)
  const names = files
    .filter((file) => !/\.test\.ts$|^index\.ts$|^define-workflow\.ts$/.test(file))
    .map((file) => file.replace('.ts', ''))
  expect(WORKFLOWS.map((workflow) => workflow.name).sort()).toEqual(names.sort())
})

test('every workflow names agents that exist', () => {
  for (const workflow of WORKFLOWS) {
    expect(BUILT_IN_AGENTS).toEqual(expect.arrayContaining([...workflow.agentSequence]))
  }
})
