import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'

export const exampleRequest: readonly Scenario[] = [
  {
    name: "the README's example: an express server, tested with jest, reviewed",
    setting: 'offline',
    async run({ transport }) {
      const run = await transport.orchestrate({
        prompt: 'Create a simple HTTP server in Node.js',
        context: { language: 'javascript', framework: 'express' },
        agentSequence: ['spec', 'code', 'reviewer'],
        options: { testFramework: 'jest', coverageGoals: '80%' },
      })
      assert.equal(run.status, 'completed', JSON.stringify(run.error ?? run.result.verification?.reasons))
      assert.equal(run.metadata.success, true)
      assert.equal(run.metadata.verified, true)
      assert.deepEqual(run.metadata.agentSequence, ['Spec', 'Code', 'Reviewer'])
      const { verification, spec, changes, review } = run.result
      assert.equal(verification?.verdict, 'passed')
      assert.equal(verification?.tests?.framework, 'jest')
      assert.ok((verification?.tests?.passed ?? 0) > 0, 'jest executed tests')
      assert.equal(verification?.tests?.failed, 0)
      assert.ok((verification?.coverage?.lines ?? 0) >= 80, `line coverage is ${verification?.coverage?.lines}`)
      assert.ok((spec?.requirements.length ?? 0) > 0)
      assert.ok(changes?.edits.some((edit) => edit.path.endsWith('.js')))
      assert.ok(review !== undefined && review.score >= 0)
      assert.match(await transport.patch(run.requestId), /^diff --git /)
    },
  },
  {
    name: 'the default sequence: spec, code, then review and tests',
    setting: 'offline',
    async run({ transport }) {
      const run = await transport.orchestrate({
        prompt: 'Create a library with the functions slugify and clamp',
        context: { language: 'javascript' },
        options: { testFramework: 'node:test' },
      })
      assert.equal(run.status, 'completed', JSON.stringify(run.error ?? run.result.verification?.reasons))
      assert.deepEqual(run.metadata.agentSequence, ['Spec', 'Code', 'Reviewer', 'TestGenerator'])
      assert.equal(run.metadata.success, true)
      assert.ok((run.result.tests?.execution?.passed ?? 0) > 0)
      assert.ok(run.result.review !== undefined)
    },
  },
  {
    name: 'a request outside the offline set fails with what it can do and how to configure a model',
    setting: 'offline',
    async run({ transport }) {
      const run = await transport.orchestrate({
        prompt: 'Port our COBOL payroll to a Kafka stream processor',
        agentSequence: ['code'],
      })
      assert.equal(run.status, 'failed')
      assert.equal(run.metadata.success, false)
      assert.equal(run.error?.code, 'MODEL_CANNOT_SERVE')
      assert.match(run.error?.message ?? '', /OPENAI_API_KEY/)
    },
  },
]
