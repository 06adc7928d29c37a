import { CodexError } from '@codex/protocol'
import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { isDatabaseTrouble } from './database-trouble.ts'

function refusal(code: string): DatabaseError {
  return Object.assign(new DatabaseError('refused', 7, 'error'), { code })
}

function systemError(syscall: string, code: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall })
}

test.each([
  ['a broken connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  ['a server that shuts down', refusal('57P01')],
  ['a full disk', new Error('Failed query', { cause: refusal('53100') })],
  ['a socket that is gone', systemError('connect', 'ENOENT')],
  ['a connection that the system gave up', systemError('read', 'ETIMEDOUT')],
  ['an outage that was explained to a caller', new CodexError('UNAVAILABLE', 'the database does not answer')],
])('%s may be better in a moment', (_what, error) => {
  expect(isDatabaseTrouble(error)).toBe(true)
})

test.each([
  ['a key that is there already', refusal('23505')],
  ['a value that is no text', new Error('Failed query', { cause: new TypeError('not a string') })],
  ['a repository that is not there', new CodexError('REPOSITORY_UNREACHABLE', 'there is no such folder')],
  ['a folder without rights', systemError('mkdir', 'EACCES')],
  ['a disk that cannot be read', new Error('could not open it', { cause: systemError('read', 'EIO') })],
  ['a program that is missing', systemError('spawn find', 'ENOENT')],
  ['a failure of git', new CodexError('WORKSPACE_ERROR', 'git failed', { cause: new Error('exit code 1') })],
])('%s stays as it is', (_what, error) => {
  expect(isDatabaseTrouble(error)).toBe(false)
})
