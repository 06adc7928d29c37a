import { CodexError, type OrchestrateRequest } from '@codex/protocol'
import { expect, test } from 'vitest'
import { AGENTS } from '../agents/index.ts'
import { defaultWorkflow, WORKFLOWS } from '../workflows/index.ts'
import { type PlannerSettings, planRun } from './plan-run.ts'

const settings: PlannerSettings = {
  agents: AGENTS,
  workflows: WORKFLOWS,
  defaultWorkflow,
  models: { resolve: (agent) => ({ modelId: `builtin:${agent}`, reason: 'test', fallbackModelId: null }) },
  defaultTimeoutMs: 1_000,
  defaultStallTimeoutMs: 900_000,
  allowLocalRepositories: true,
  parseTestFramework: (name) => (name === 'jest' ? 'jest' : null),
  testFrameworks: ['jest'],
}

function plan(request: Partial<OrchestrateRequest>) {
  return planRun({ prompt: 'x', ...request }, settings)
}

function refusal(request: Partial<OrchestrateRequest>): CodexError {
  try {
    plan(request)
  } catch (error) {
    if (CodexError.isInstance(error)) return error
    throw error
  }
  throw new Error('the request was not refused')
}

function ids(request: Partial<OrchestrateRequest>): string[][] {
  return plan(request).plan.groups.map((group) => group.map((step) => step.id))
}

test('without a sequence: Spec, Code, then Reviewer and TestGenerator at the same time', () => {
  expect(plan({}).agentSequence).toEqual(['Spec', 'Code', 'Reviewer', 'TestGenerator'])
  expect(ids({})).toEqual([['spec'], ['code'], ['reviewer', 'test-generator']])
})

test('accepts every spelling of a name and its aliases', () => {
  const agentSequence = ['SPEC', 'code', 'test-generator', 'review']
  expect(plan({ agentSequence }).agentSequence).toEqual(['Spec', 'Code', 'TestGenerator', 'Reviewer'])
  for (const alias of ['test', 'tests', 'TestGenerator', 'test_generator']) {
    expect(plan({ agentSequence: ['code', alias] }).agentSequence).toEqual(['Code', 'TestGenerator'])
  }
})

test('an agent named twice gets two steps', () => {
  expect(ids({ agentSequence: ['code', 'reviewer', 'code'] })).toEqual([['code'], ['reviewer'], ['code-2']])
})

test('an unknown agent is refused with its place, the nearest name and the known ones', () => {
  const error = refusal({ agentSequence: ['spec', 'revewer'] })
  expect(error.code).toBe('UNKNOWN_AGENT')
  expect(error.message).toContain('did you mean Reviewer?')
  expect(error.issues?.[0]?.path).toBe('agentSequence.1')
})

test('an agent whose input nobody makes is refused with step, artifact and producer', () => {
  const error = refusal({ agentSequence: ['reviewer', 'code'] })
  expect(error.code).toBe('UNSATISFIABLE_SEQUENCE')
  expect(error.message).toMatch(/step 1 \(Reviewer\) needs changes.*put Code before it/)
})

test('files, a repository or logs given with the request satisfy what agents need', () => {
  expect(ids({ agentSequence: ['reviewer'], options: { existingFiles: { 'a.js': '1' } } })).toEqual([['reviewer']])
  expect(ids({ agentSequence: ['reviewer'], repository: { path: '/somewhere' } })).toEqual([['reviewer']])
  expect(ids({ agentSequence: ['debug'], options: { logs: 'Error: x' } })).toEqual([['debug']])
})

test('a workflow stands for its sequence; both at once and unknown ones are refused', () => {
  expect(plan({ workflow: 'feature' })).toMatchObject({
    workflow: 'feature',
    agentSequence: ['Spec', 'Code', 'TestGenerator', 'Reviewer'],
  })
  expect(refusal({ workflow: 'feature', agentSequence: ['code'] }).issues?.[0]?.path).toBe('workflow')
  expect(refusal({ workflow: 'nope' }).message).toContain('default, feature, bugfix, review')
})

test('tests come from TestGenerator, else from Code when a framework or coverage is asked for, else from nobody', () => {
  const writer = (request: Partial<OrchestrateRequest>) => plan(request).plan.testing.writer
  expect(writer({})).toBe('TestGenerator')
  expect(writer({ agentSequence: ['code'], options: { testFramework: 'jest' } })).toBe('Code')
  expect(writer({ agentSequence: ['code'], options: { coverageGoals: '80%' } })).toBe('Code')
  expect(writer({ agentSequence: ['code'] })).toBeNull()
})

test('verification comes after the last group that changes files, unless it is declined or nothing changes', () => {
  const after = (request: Partial<OrchestrateRequest>) => plan(request).plan.verifyAfterGroup
  expect(after({})).toBe(2)
  expect(after({ agentSequence: ['spec', 'code', 'reviewer'] })).toBe(1)
  expect(after({ agentSequence: ['spec'] })).toBeNull()
  expect(after({ options: { verify: false } })).toBeNull()
})

test('problems of options are refused all at once, unknown ones become warnings', () => {
  const error = refusal({ options: { maxFixRounds: 99, testFramework: 'mocha', coverageGoals: '180%' } })
  expect(error.issues?.map((issue) => issue.path).sort()).toEqual([
    'options.coverageGoals',
    'options.maxFixRounds',
    'options.testFramework',
  ])
  expect(plan({ options: { myOwn: 1 } }).plan.warnings[0]).toContain('myOwn')
})

test('the shorter of the time limits counts', () => {
  expect(plan({}).plan.timeoutMs).toBe(1_000)
  expect(plan({ options: { timeoutS: 5 } }).plan.timeoutMs).toBe(5_000)
  expect(plan({ options: { timeoutS: 5 }, budget: { maxDurationS: 2 } }).plan.timeoutMs).toBe(5_000)
})

test('paths on the server are refused where the operator did not allow them', () => {
  const closed = { ...settings, allowLocalRepositories: false }
  for (const repository of [{ path: '/somewhere' }, { url: 'file:///somewhere' }]) {
    expect(() => planRun({ prompt: 'x', repository }, closed)).toThrow(/CODEX_ALLOW_LOCAL_REPOSITORIES/)
  }
})
