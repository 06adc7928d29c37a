import { CodexError, ERROR_CODES, ERROR_TABLE } from '@codex/protocol'
import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorShape } from './error-shape.ts'
import { toCodexError } from './to-codex-error.ts'
import { toTrpcError } from './to-trpc-error.ts'

test('an error of ours survives the way through tRPC as the same object', () => {
  for (const code of ERROR_CODES) {
    const error = new CodexError(code, 'x')
    expect(toCodexError(toTrpcError(error))).toBe(error)
    expect(toCodexError(error)).toBe(error)
  }
})

test("tRPC's own status of a code agrees with the table, where tRPC has that status", () => {
  for (const code of ERROR_CODES) {
    const { status } = ERROR_TABLE[code]
    // tRPC knows no 410; the server sets the status of the table itself
    if (status !== 410)
      expect([code, getHTTPStatusCodeFromError(toTrpcError(new CodexError(code, 'x')))]).toEqual([code, status])
  }
})

test('input that failed its schema becomes INVALID_REQUEST with the paths', () => {
  const parsed = z.object({ agentSequence: z.array(z.string()) }).safeParse({ agentSequence: [1] })
  const error = toCodexError(new TRPCError({ code: 'BAD_REQUEST', cause: parsed.error }))
  expect([error.code, error.issues]).toEqual([
    'INVALID_REQUEST',
    [{ path: 'agentSequence.0', message: 'expected string, received number' }],
  ])
})

test.each([
  [
    new TRPCError({ code: 'PARSE_ERROR', cause: new SyntaxError('at 3') }),
    'INVALID_REQUEST',
    'the body is not valid JSON',
  ],
  [new TRPCError({ code: 'NOT_FOUND', message: 'No procedure' }), 'NOT_FOUND', 'No procedure'],
  [new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: 'm' }), 'METHOD_NOT_ALLOWED', 'm'],
  [new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message: 'm' }), 'UNSUPPORTED_MEDIA_TYPE', 'm'],
])('says in our terms what the library refused %#', (error, code, message) => {
  expect(toCodexError(error)).toMatchObject({ code, message })
})

test.each([
  new Error('password=hunter2'),
  new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'password=hunter2' }),
  new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new Error('password=hunter2') }),
  'password=hunter2',
  undefined,
])('an unknown error %# keeps its message to itself and to the log', (error) => {
  const known = toCodexError(error)
  expect(known.code).toBe('INTERNAL')
  expect(known.cause).toBe(error)
  expect(JSON.stringify(errorShape(known, 'r-1'))).not.toContain('hunter2')
})
