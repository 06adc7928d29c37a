import { expect, test } from 'vitest'
import { z } from 'zod'
import { runEvent } from '../event.ts'
import { orchestrateRequest } from '../orchestrate-request.ts'
import { toWireSchema } from './wire-schema.ts'
import { fromWire, toWire } from './wire-value.ts'

test('renames known keys and leaves the keys of context, labels and unknown options alone', () => {
  const request = {
    prompt: 'x',
    context: { someKey: 1 },
    agentSequence: ['spec'],
    options: { testFramework: 'jest', myOwn: { innerKey: 2 } },
    metadata: { teamName: 'a' },
  }
  const wire = toWire(orchestrateRequest, request)
  expect(wire).toEqual({
    prompt: 'x',
    context: { someKey: 1 },
    agent_sequence: ['spec'],
    options: { test_framework: 'jest', myOwn: { innerKey: 2 } },
    metadata: { teamName: 'a' },
  })
  expect(fromWire(orchestrateRequest, wire)).toEqual(request)
})

test('the derived schema refuses unknown fields and names problems in the REST spelling', () => {
  const parsed = z.safeParse(toWireSchema(orchestrateRequest), { prompt: ' ', agent_sequence: [], nope: 1 })
  expect(parsed.success).toBe(false)
  expect(parsed.error?.issues.map((issue) => [issue.code, issue.path.join('.')])).toEqual([
    ['too_small', 'prompt'],
    ['too_small', 'agent_sequence'],
    ['unrecognized_keys', ''],
  ])
})

test('keeps refinements of nested objects', () => {
  const parsed = z.safeParse(toWireSchema(orchestrateRequest), { prompt: 'x', repository: { ref: 'main' } })
  expect(parsed.error?.issues[0]?.message).toContain('either url or path')
})

test('dates become ISO strings and return as dates, also inside unions', () => {
  const event = {
    seq: 1,
    ts: new Date('2026-01-02T03:04:05.678Z'),
    runId: '0190b3c4-0000-7000-8000-000000000000',
    stepId: 'code',
    type: 'step.started' as const,
    data: { agent: 'Code', model: null, modelReason: null },
  }
  const wire = toWire(runEvent, event)
  expect(wire).toMatchObject({
    ts: '2026-01-02T03:04:05.678Z',
    run_id: event.runId,
    step_id: 'code',
    data: { model_reason: null },
  })
  expect(fromWire(runEvent, wire)).toEqual(event)
})

test('tells the options of a union apart by their required keys, and by their content where those agree', () => {
  const byKeys = z.union([
    z.string(),
    z.array(z.object({ innerName: z.string() })),
    z.object({ firstName: z.string(), nickName: z.string().optional() }),
    z.object({ lastName: z.string() }),
  ])
  for (const [value, wire] of [
    ['a', 'a'],
    [[{ innerName: 'a' }], [{ inner_name: 'a' }]],
    [{ firstName: 'a' }, { first_name: 'a' }],
    [{ lastName: 'b' }, { last_name: 'b' }],
  ]) {
    expect(toWire(byKeys, value)).toEqual(wire)
    expect(fromWire(byKeys, wire)).toEqual(value)
  }
  const byContent = z.union([
    z.object({ kind: z.literal('a'), value: z.object({ someName: z.string() }) }),
    z.object({ kind: z.literal('b'), value: z.record(z.string(), z.string()) }),
  ])
  expect(toWire(byContent, { kind: 'b', value: { someName: 'x' } })).toEqual({ kind: 'b', value: { someName: 'x' } })
  expect(toWire(byContent, { kind: 'a', value: { someName: 'x' } })).toEqual({ kind: 'a', value: { some_name: 'x' } })
})
