/** What a run asks of the model: answers alone, or answers that also write a file each for code and tests. */
export const VARIANTS = ['answers', 'files'] as const
export type Variant = (typeof VARIANTS)[number]

/** @throws Error for a variant that there is not */
export function parseVariants(text: string): readonly Variant[] {
  return text.split(',').map((name) => {
    const variant = VARIANTS.find((known) => known === name.trim())
    if (variant === undefined) throw new Error(`there is no variant "${name}"; known: ${VARIANTS.join(', ')}`)
    return variant
  })
}

/** A reply of the model: text, or tool calls. */
export type ScriptedReply =
  | { readonly content: string }
  | { readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[] }

/** What a reply is filled up to, in characters: about what an agent's answer has in practice. */
export const REPLY_CHARACTERS = 2_000

const FILLER = 'The sum of two finite numbers is returned and everything else is refused with a TypeError. '

/**
 * The one reply that each agent gets, about 2 kB and valid, so that every step is one model call.
 * @param agent canonical name
 * @returns null for an agent that has no place in the benchmark
 */
export function replyFor(agent: string): ScriptedReply | null {
  switch (agent) {
    case 'Spec':
      return text((filler) => ({
        title: 'Addition',
        requirements: [{ id: 'REQ-001', text: filler, priority: 'must' }],
        userStories: [{ asA: 'caller', iWant: 'to add', soThat: 'I know the sum' }],
        acceptanceCriteria: [],
        testCases: [{ id: 'TC-001', requirement: 'REQ-001', kind: 'unit', description: 'adds two numbers' }],
        assumptions: [],
        openQuestions: [],
      }))
    case 'Debug':
      return text((filler) => ({
        summary: filler,
        rootCauses: [],
        patchSuggestions: [],
        monitoringRecommendations: ['Count what is refused.'],
      }))
    case 'Reviewer':
      return text((filler) => ({ summary: filler, findings: [], recommendations: [] }))
    case 'Code':
      return tools((filler) => ({ path: 'src/add.js', content: `// ${filler}\nexports.add = (a, b) => a + b\n` }), {
        summary: 'Adds.',
        files: [],
        dependencies: [],
        run: {},
        warnings: [],
      })
    case 'TestGenerator':
      return tools((filler) => ({ path: 'test/add.test.js', content: `// ${filler}\n${TEST}` }), {
        summary: 'Covers it.',
        framework: 'node:test',
        cases: [],
      })
    default:
      return null
  }
}

/** Finds out which agent asks, in the JSON text of a chat completions request, without parsing all of it. */
export function agentOf(body: string): string | null {
  return /<task>[\s\S]{0,40}?\\"agent\\":\s?\\"(\w+)\\"/.exec(body)?.[1] ?? null
}

const TEST = `const { test } = require('node:test')
const { add } = require('../src/add.js')
test('adds two numbers', (t) => t.assert.equal(add(2, 3), 5))
`

function text(build: (filler: string) => unknown): ScriptedReply {
  return { content: JSON.stringify(build(fill(JSON.stringify(build('')).length))) }
}

/** Writes the file and ends the work in one reply. */
function tools(write: (filler: string) => unknown, finish: unknown): ScriptedReply {
  const length = JSON.stringify(write('')).length + JSON.stringify(finish).length
  return {
    toolCalls: [
      { name: 'write_file', arguments: JSON.stringify(write(fill(length))) },
      { name: 'finish', arguments: JSON.stringify(finish) },
    ],
  }
}

function fill(length: number): string {
  return FILLER.repeat(Math.ceil(REPLY_CHARACTERS / FILLER.length)).slice(0, Math.max(0, REPLY_CHARACTERS - length))
}
