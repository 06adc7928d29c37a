import type { TestRunner, Toolchain } from '../plan/project-plan.ts'
import type { SourceImport } from '../render/source-module.ts'

/** How one test runner spells what composed tests say. Arguments and results are source text. */
export interface TestDialect {
  readonly beforeAll: string
  readonly afterAll: string
  imports(used: readonly HookName[]): readonly SourceImport[]
  equal(actual: string, expected: string): string
  match(actual: string, pattern: string): string
  ok(condition: string): string
  /** The call throws an error of this class. */
  throws(call: string, errorClass: string): string
  /** The promise is rejected with an error whose message matches. */
  rejects(promise: string, pattern: string): string
}

export type HookName = 'beforeAll' | 'afterAll'

const PRIMITIVE = /^(?:-?\d[\d_.]*|'(?:[^'\\]|\\.)*'|`[^`]*`|true|false|null|undefined)$/

const expectStyle = {
  equal: (actual: string, expected: string) =>
    PRIMITIVE.test(expected) ? `expect(${actual}).toBe(${expected});` : `expect(${actual}).toEqual(${expected});`,
  match: (actual: string, pattern: string) => `expect(${actual}).toMatch(${pattern});`,
  ok: (condition: string) => `expect(${condition}).toBe(true);`,
  throws: (call: string, errorClass: string) => `expect(() => ${call}).toThrow(${errorClass});`,
  rejects: (promise: string, pattern: string) => `await expect(${promise}).rejects.toThrow(${pattern});`,
}

const nodeTest: TestDialect = {
  beforeAll: 'before',
  afterAll: 'after',
  imports: (used) => [
    { from: 'node:assert/strict', default: 'assert' },
    {
      from: 'node:test',
      names: [
        ...(used.includes('afterAll') ? ['after'] : []),
        ...(used.includes('beforeAll') ? ['before'] : []),
        'describe',
        'test',
      ],
    },
  ],
  equal: (actual, expected) =>
    PRIMITIVE.test(expected) ? `assert.equal(${actual}, ${expected});` : `assert.deepEqual(${actual}, ${expected});`,
  match: (actual, pattern) => `assert.match(${actual}, ${pattern});`,
  ok: (condition) => `assert.equal(${condition}, true);`,
  throws: (call, errorClass) => `assert.throws(() => ${call}, ${errorClass});`,
  rejects: (promise, pattern) => `await assert.rejects(${promise}, ${pattern});`,
}

const vitest: TestDialect = {
  beforeAll: 'beforeAll',
  afterAll: 'afterAll',
  imports: (used) => [{ from: 'vitest', names: [...[...used].sort(), 'describe', 'expect', 'test'] }],
  ...expectStyle,
}

function jest(toolchain: Toolchain): TestDialect {
  return {
    ...vitest,
    // jest's functions are globals in JavaScript; the import is there for their types.
    imports: (used) =>
      toolchain.language === 'typescript'
        ? [{ from: '@jest/globals', names: [...[...used].sort(), 'describe', 'expect', 'test'] }]
        : [],
  }
}

/** The dialect of a project's test runner. */
export function testDialect(toolchain: Toolchain): TestDialect {
  const dialects: Record<TestRunner, () => TestDialect> = {
    'node:test': () => nodeTest,
    vitest: () => vitest,
    jest: () => jest(toolchain),
  }
  return dialects[toolchain.runner]()
}
