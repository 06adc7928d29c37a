import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'

const SOURCE = `const { exec } = require('node:child_process')
module.exports.list = (dir, done) => exec('ls ' + dir, done)
module.exports.run = (code) => eval(code)
`

export const singleAgents: readonly Scenario[] = [
  {
    name: 'Spec alone',
    setting: 'offline',
    async run({ transport }) {
      const run = await transport.orchestrate({
        prompt: 'Create a REST API for books with title (string) and pages (integer)',
        agentSequence: ['spec'],
        options: { existingRequirements: ['GET /health must return ok'] },
      })
      assert.equal(run.status, 'completed', run.error?.message)
      assert.equal(run.metadata.success, true)
      const { spec } = run.result
      assert.ok(spec?.requirements.some((requirement) => requirement.text.includes('GET /health must return ok')))
      const ids = new Set(spec?.requirements.map((requirement) => requirement.id))
      assert.ok(spec?.acceptanceCriteria.every((criterion) => ids.has(criterion.requirement)))
      assert.equal(run.result.verification, null)
    },
  },
  {
    name: 'Code alone, with nothing asked to be tested',
    setting: 'offline',
    async run({ transport }) {
      const run = await transport.orchestrate({
        prompt: 'Create a library with the function slugify in JavaScript',
        agentSequence: ['code'],
      })
      assert.equal(run.status, 'completed', run.error?.message)
      assert.ok((run.result.changes?.edits.length ?? 0) > 0)
      assert.equal(run.metadata.verified, false)
      assert.ok(run.metadata.warnings.some((warning) => warning.includes('nothing was verified')))
    },
  },
  {
    name: 'TestGenerator alone, on given files',
    setting: 'offline',
    async run({ transport }) {
      const code = await transport.orchestrate({
        prompt: 'Create a library with the function clamp in JavaScript',
        agentSequence: ['code'],
      })
      const existingFiles = Object.fromEntries(
        (code.result.changes?.edits ?? []).map((edit) => [edit.path, edit.content ?? '']),
      )
      const run = await transport.orchestrate({
        prompt: 'Write tests for the function clamp',
        agentSequence: ['test_generator'],
        options: { existingFiles, testFramework: 'node:test' },
      })
      assert.equal(run.status, 'completed', run.error?.message)
      assert.equal(run.result.verification?.verdict, 'passed', JSON.stringify(run.result.verification?.reasons))
      assert.ok((run.result.tests?.execution?.passed ?? 0) > 0)
    },
  },
  {
    name: 'Reviewer alone, on given files: findings with file and line',
    setting: 'offline',
    async run({ transport }) {
      const run = await transport.orchestrate({
        prompt: 'Review this module',
        agentSequence: ['reviewer'],
        options: { existingFiles: { 'src/run.js': SOURCE }, reviewFocus: 'security' },
      })
      assert.equal(run.status, 'completed', run.error?.message)
      const findings = run.result.review?.findings ?? []
      assert.ok(
        findings.some((finding) => finding.path === 'src/run.js' && finding.line === 3),
        JSON.stringify(findings),
      )
      assert.equal(run.result.review?.verdict, 'request_changes')
    },
  },
  {
    name: 'Debug alone, on logs',
    setting: 'offline',
    async run({ transport }) {
      const run = await transport.orchestrate({
        prompt: 'Why does the server crash?',
        agentSequence: ['debug'],
        options: {
          logs: [
            "TypeError: Cannot read properties of undefined (reading 'id')",
            '    at getUser (/app/src/users.js:12:22)',
          ],
          codebaseFiles: { 'src/users.js': `${'\n'.repeat(11)}const id = session.user.id\n` },
        },
      })
      assert.equal(run.status, 'completed', run.error?.message)
      const evidence = run.result.diagnosis?.rootCauses.flatMap((cause) => cause.evidence) ?? []
      assert.ok(
        evidence.some((item) => item.path === 'src/users.js' && item.line === 12),
        JSON.stringify(evidence),
      )
    },
  },
]
