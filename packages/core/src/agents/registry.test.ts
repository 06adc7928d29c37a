import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type AgentDefinition, defineAgent } from './define-agent.ts'
import { AGENTS, createAgentRegistry, toAgentInfo } from './index.ts'

const DEFINITION: AgentDefinition = {
  name: 'Poet',
  title: 'Poet',
  description: 'Writes verse.',
  aliases: ['bard'],
  consumes: [],
  produces: ['spec'],
  options: ['metre'],
  writesFiles: false,
  version: 1,
  prompt: 'Write.',
  outputSchema: z.object({ verse: z.string() }),
  run: async () => ({}),
}

test('every agent file of this folder is registered, with its prompt beside it', async () => {
  const folder = new URL('.', import.meta.url)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
  for (const name of names) {
    if (name === 'define-agent.ts' || !(await readFile(new URL(name, folder), 'utf8')).includes('defineAgent({'))
      continue
    const module: Record<string, unknown> = await import(new URL(name, folder).href)
    const isRegistered = Object.values(module).some((value) => AGENTS.some((agent) => agent === value))
    expect(isRegistered, `${name} is not in AGENTS`).toBe(true)
    expect((await readFile(new URL(name.replace('.ts', '.md'), folder), 'utf8')).length).toBeGreaterThan(500)
  }
})

test('finds agents by any spelling and alias', () => {
  const registry = createAgentRegistry(AGENTS)
  const spellings = ['test_generator', 'test-generator', 'TestGenerator', 'tests', 'Test', 'REVIEW', 'reviewer', 'spec']
  expect(spellings.map((name) => registry.find(name)?.name)).toEqual([
    'TestGenerator',
    'TestGenerator',
    'TestGenerator',
    'TestGenerator',
    'TestGenerator',
    'Reviewer',
    'Reviewer',
    'Spec',
  ])
  expect(registry.find('poet')).toBeUndefined()
  expect(registry.names).toEqual(['Spec', 'Code', 'TestGenerator', 'Reviewer', 'Debug'])
})

test('a custom agent is found by its alias', () => {
  expect(createAgentRegistry([...AGENTS, defineAgent(DEFINITION)]).find('Bard')?.name).toBe('Poet')
})

test('refuses two agents that answer to the same name', () => {
  const rival = defineAgent({ ...DEFINITION, name: 'Rival', aliases: ['Review-er'] })
  expect(() => createAgentRegistry([...AGENTS, rival])).toThrow('"Reviewer" and "Rival" both answer to "Review-er"')
})

test('names every mistake of a declaration at once', () => {
  const broken = {
    ...DEFINITION,
    name: 'poet',
    prompt: ' ',
    version: 0,
    produces: [],
    aliases: ['POET'],
    options: ['a_b'],
  }
  expect(() => defineAgent({ ...broken, consumes: [{ anyOf: [], optional: true }] })).toThrow(
    /PascalCase.*prompt is empty.*version.*produces nothing.*names no input.*"a_b".*repeats/,
  )
})

test('the digest follows prompt, schema and version, and nothing else', () => {
  const digest = (change: Partial<AgentDefinition>) => defineAgent({ ...DEFINITION, ...change }).digest
  expect(digest({ description: 'Other words.' })).toBe(digest({}))
  const changed = [
    digest({ prompt: 'Sing.' }),
    digest({ version: 2 }),
    digest({ outputSchema: z.object({ verse: z.string(), rhyme: z.boolean() }) }),
  ]
  expect(new Set([digest({}), ...changed]).size).toBe(4)
  expect(digest({})).toMatch(/^[0-9a-f]{64}$/)
})

test('shows an agent with the model it would use', () => {
  const info = toAgentInfo(defineAgent(DEFINITION), { modelId: 'a:b', reason: 'because' })
  expect(info).toMatchObject({
    name: 'Poet',
    aliases: ['bard'],
    model: 'a:b',
    modelReason: 'because',
    options: ['metre'],
  })
  expect(toAgentInfo(defineAgent(DEFINITION)).model).toBeNull()
})
