import { CodexError } from '@codex/protocol'
import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { explainTrouble } from './explain-trouble.ts'

function databaseError(code: string): Error {
  return Object.assign(new DatabaseError('secret words', 1, 'error'), { code })
}
function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error('10.0.0.7 refused'), { code, syscall })
}

test.each([
  [databaseError('53100'), 'disk_full', /disk is full/],
  [systemError('ENOSPC', 'write'), 'disk_full', /disk is full/],
  [databaseError('53300'), 'too_many_connections', /max_connections/],
  [databaseError('57P01'), 'database', /does not answer/],
  [databaseError('57P03'), 'database', /does not answer/],
  [databaseError('25006'), 'database', /does not answer/],
  [systemError('ECONNREFUSED', 'connect'), 'database', /does not answer/],
  [new AggregateError([systemError('ECONNREFUSED', 'connect')]), 'database', /does not answer/],
  [new Error('Failed query: select', { cause: databaseError('08006') }), 'database', /does not answer/],
  [new Error('Connection terminated unexpectedly'), 'database', /does not answer/],
  [new Error('timeout exceeded when trying to connect'), 'database', /does not answer/],
])('%s is UNAVAILABLE for the reason %s', (error, reason, message) => {
  const known = explainTrouble(error)
  expect(known).toMatchObject({ code: 'UNAVAILABLE', status: 503, retryable: true, data: { reason } })
  expect(known?.message).toMatch(message)
  expect(known?.retryAfterS).toBeGreaterThan(0)
  expect(known?.message).not.toMatch(/secret|10\.0/)
})

test.each([
  new CodexError('NOT_FOUND', 'x', { cause: databaseError('53100') }),
  databaseError('23505'),
  databaseError('22P02'),
  systemError('ENOENT', 'open'),
  new TypeError('x is not a function'),
  'text',
])('says nothing about %s', (error) => {
  expect(explainTrouble(error)).toBeNull()
})
