import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import { readConfig } from './read-config.ts'

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (CodexError.isInstance(error)) return (error.issues ?? []).map((issue) => issue.path)
    throw error
  }
  return []
}

test('defaults: loopback, port 3000, embedded database, ten runs at once', () => {
  expect(readConfig({})).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    databaseUrl: null,
    maxConcurrentRequests: 10,
    sandbox: 'auto',
    apiKeys: [],
  })
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 3000, databaseUrl: null })
})

test('lists every problem at once', () => {
  expect(
    problemsOf({ PORT: 'x', LOG_LEVEL: 'loud', MAX_CONCURRENT_REQUESTS: '0', DATABASE_URL: 'mysql://a' }).toSorted(),
  ).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'MAX_CONCURRENT_REQUESTS', 'PORT'])
  expect(problemsOf({ HOST: '0.0.0.0', PORT: 'x' }).toSorted()).toEqual(['HOST', 'PORT'])
})

test('refuses to listen beyond loopback without API keys, and short keys', () => {
  expect(problemsOf({ HOST: '0.0.0.0' })).toEqual(['HOST'])
  expect(problemsOf({ HOST: '0.0.0.0', CODEX_API_KEYS: 'short' })).toEqual(['CODEX_API_KEYS'])
  expect(problemsOf({ HOST: '0.0.0.0', CODEX_API_KEYS: 'a-long-enough-key-1' })).toEqual([])
})

test('reads models per agent and access per provider', () => {
  const { models } = readConfig({
    CODEX_MODEL: 'openai:gpt-x',
    CODEX_TEST_GENERATOR_AGENT_MODEL: 'anthropic:claude-y',
    OPENAI_API_KEY: 'k',
    OPENAI_BASE_URL: 'http://127.0.0.1:1234/v1',
    GEMINI_API_KEY: 'g',
  })
  expect(models.model).toBe('openai:gpt-x')
  expect(models.agentModels).toEqual({ test_generator: 'anthropic:claude-y' })
  expect(models.providers?.['openai']).toMatchObject({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1234/v1' })
  expect(models.providers?.['google']).toMatchObject({ apiKey: 'g' })
})

test('a silent model server is given up on after five minutes, or when the operator says', () => {
  expect(readConfig({}).models.limits).toEqual({ firstByteMs: 300_000, idleMs: 300_000 })
  expect(readConfig({ CODEX_MODEL_TIMEOUT_S: '20' }).models.limits).toEqual({ firstByteMs: 20_000, idleMs: 20_000 })
  expect(problemsOf({ CODEX_MODEL_TIMEOUT_S: '0' })).toEqual(['CODEX_MODEL_TIMEOUT_S'])
})

test('runs are kept for ever unless a number of days is set', () => {
  expect(readConfig({}).retentionDays).toBeNull()
  expect(readConfig({ CODEX_RETENTION_DAYS: '30' }).retentionDays).toBe(30)
  expect(problemsOf({ CODEX_RETENTION_DAYS: '0' })).toEqual(['CODEX_RETENTION_DAYS'])
})

test('hands on the certificates that this machine trusts besides the usual ones', () => {
  expect(readConfig({}).extraCertificates).toBeNull()
  expect(readConfig({ NODE_EXTRA_CA_CERTS: '/etc/company.pem' }).extraCertificates).toBe('/etc/company.pem')
})

test('packs ended runs after a day, or when the operator says, or never', () => {
  expect(readConfig({}).compactAfterHours).toBe(24)
  expect(readConfig({ CODEX_COMPACT_AFTER_HOURS: '0' }).compactAfterHours).toBe(0)
  expect(readConfig({ CODEX_COMPACT_AFTER_HOURS: 'never' }).compactAfterHours).toBeNull()
  expect(problemsOf({ CODEX_COMPACT_AFTER_HOURS: '-1' })).toEqual(['CODEX_COMPACT_AFTER_HOURS'])
})

test('refuses a queue without places: every run is queued before it begins', () => {
  expect(problemsOf({ MAX_QUEUED_REQUESTS: '0' })).toEqual(['MAX_QUEUED_REQUESTS'])
})

test("takes the operator's signing key by its absolute place", () => {
  expect(readConfig({}).signingKeyFile).toBeNull()
  expect(readConfig({ CODEX_SIGNING_KEY_FILE: '/etc/codex/key.pem' }).signingKeyFile).toBe('/etc/codex/key.pem')
})

test('reads the secrets of webhooks, and never repeats a wrong one', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  expect(readConfig({}).webhooks).toEqual({ secrets: [], allowPrivate: false })
  expect(
    readConfig({ CODEX_WEBHOOK_SECRET: `${secret}, ${secret}`, CODEX_WEBHOOK_ALLOW_PRIVATE: 'true' }),
  ).toMatchObject({
    webhooks: { secrets: [Buffer.alloc(32, 7), Buffer.alloc(32, 7)], allowPrivate: true },
  })
  expect(problemsOf({ CODEX_WEBHOOK_SECRET: 'hunter2-hunter2', CODEX_MIN_FREE_MB: '-1' }).toSorted()).toEqual([
    'CODEX_MIN_FREE_MB',
    'CODEX_WEBHOOK_SECRET',
  ])
  expect(() => readConfig({ CODEX_WEBHOOK_SECRET: 'hunter2-hunter2' })).toThrow(/^(?!.*hunter2)/s)
})

test('reads what every key may use, and in which time', () => {
  expect(readConfig({}).keyBudget).toBeNull()
  expect(readConfig({ CODEX_KEY_MAX_USD: '2.5' }).keyBudget).toEqual({ limits: { maxUsd: 2.5 }, period: 'month' })
  expect(
    readConfig({ CODEX_KEY_MAX_TOKENS: '1000', CODEX_KEY_MAX_DURATION_S: '60', CODEX_KEY_BUDGET_PERIOD: 'day' })
      .keyBudget,
  ).toEqual({ limits: { maxTokens: 1_000, maxDurationS: 60 }, period: 'day' })
  expect(problemsOf({ CODEX_KEY_MAX_USD: '0', CODEX_KEY_MAX_TOKENS: '1.5', CODEX_KEY_BUDGET_PERIOD: 'week' })).toEqual([
    'CODEX_KEY_MAX_USD',
    'CODEX_KEY_MAX_TOKENS',
    'CODEX_KEY_BUDGET_PERIOD',
  ])
})
