import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import { readEnvironment } from './env.ts'

const BASE = { PATH: '/usr/bin', CODEX_DATA_DIR: '/tmp/nowhere' }

test('reads the origins that may call, and denies all without them', () => {
  const origins = (value?: string) =>
    readEnvironment(value === undefined ? BASE : { ...BASE, CODEX_CORS_ORIGINS: value }, { isTerminal: false })
      .corsOrigins
  expect(origins()).toEqual([])
  expect(origins('')).toEqual([])
  expect(origins(' https://a.example, http://localhost:5173 ,')).toEqual(['https://a.example', 'http://localhost:5173'])
})

test.each(['*', 'example.com', 'https://a.example/', 'https://a.example/path'])('%s is no origin', (origin) => {
  expect(() => readEnvironment({ ...BASE, CODEX_CORS_ORIGINS: origin }, { isTerminal: false })).toThrow(
    'is not an origin',
  )
})

test('lists its own problems together with those of the core', () => {
  try {
    readEnvironment({ ...BASE, PORT: 'x', CODEX_CORS_ORIGINS: 'y' }, { isTerminal: false })
    expect.unreachable()
  } catch (error) {
    expect(CodexError.isInstance(error) && error.issues?.map((issue) => issue.path)).toEqual([
      'PORT',
      'CODEX_CORS_ORIGINS',
    ])
  }
})

test('colours are for terminals that want them', () => {
  const hasColor = (environment: Record<string, string>, isTerminal: boolean) =>
    readEnvironment({ ...BASE, ...environment }, { isTerminal }).hasColor
  expect([hasColor({}, true), hasColor({}, false), hasColor({ NO_COLOR: '1' }, true)]).toEqual([true, false, false])
})
