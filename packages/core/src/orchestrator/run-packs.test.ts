import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import { createRunPacks } from './run-packs.ts'

const START = { tree: 'base', baseTree: 'under', content: Buffer.from('start') }

function createPacks(stored: readonly { tree: string; n: number }[] = [], refuse: readonly string[] = []) {
  const warnings: string[] = []
  const packs = createRunPacks({
    workspace: {
      baseTree: 'base',
      packStart: async () => START,
      async pack(tree, since, maxBytes) {
        if (refuse.includes(tree))
          throw new CodexError('WORKSPACE_ERROR', 'too large', { data: { maxPackBytes: maxBytes } })
        if (tree === 'broken') throw new CodexError('WORKSPACE_ERROR', 'git is gone')
        return Buffer.from(`${since}..${tree}`)
      },
    },
    stored,
    warn: (message) => warnings.push(message),
  })
  return { packs, warnings }
}

test('packs each tree once, on top of the last one, and goes on after a restart', async () => {
  const { packs } = createPacks()
  expect(await packs.start()).toEqual([{ ...START, n: 0 }])
  expect(await packs.collect('base')).toEqual([])
  const [one] = await packs.collect('one')
  expect(one).toEqual({ tree: 'one', baseTree: 'base', n: 1, content: Buffer.from('base..one') })
  expect(await packs.collect('one')).toEqual([])
  // back to where it was, and on from there
  expect(await packs.collect('base')).toEqual([])
  expect(await packs.collect('two')).toMatchObject([{ tree: 'two', baseTree: 'one', n: 2 }])

  const later = createPacks([
    { tree: 'base', n: 0 },
    { tree: 'one', n: 1 },
  ]).packs // prettier-ignore
  expect(await later.collect('one')).toEqual([])
  expect(await later.collect('two')).toMatchObject([{ tree: 'two', baseTree: 'one', n: 2 }])
})

test('a step that changed too much is warned of once, and the run stays where it is', async () => {
  const { packs, warnings } = createPacks([], ['huge'])
  expect(packs.isComplete()).toBe(true)
  expect(await packs.collect('huge')).toEqual([])
  expect(await packs.collect('small')).toEqual([])
  expect(packs.isComplete()).toBe(false)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/only on the node that executes it: .* more than 32 MB/)
  await expect(createPacks().packs.collect('broken')).rejects.toThrow('git is gone')
})
