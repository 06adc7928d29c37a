import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { CodexError, nodeRole } from '@codex/protocol'
import { z } from 'zod'
import { readModelSettings } from '../models/index.ts'
import { readSecrets } from '../webhooks/index.ts'
import type { Config } from './config.ts'

type Environment = Readonly<Record<string, string | undefined>>

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])
const MIN_API_KEY_CHARACTERS = 16

const whole = (min: number, max: number) =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)

const integer = (min: number, max: number, fallback: number) => whole(min, max).default(fallback)

const positive = (max: number) =>
  z.coerce.number({ error: 'must be a number' }).positive('must be more than 0').max(max, `must be at most ${max}`)

const SCHEMA = z.object({
  PORT: integer(0, 65_535, 3_000),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CODEX_ROLE: nodeRole.default('all'),
  MAX_CONCURRENT_REQUESTS: integer(1, 1_000, 10),
  MAX_QUEUED_REQUESTS: integer(1, 1_000_000, 1_000),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  CODEX_DATA_DIR: z.string().optional(),
  CODEX_API_KEYS: z.string().default(''),
  CODEX_KEY_MAX_USD: positive(1_000_000).optional(),
  CODEX_KEY_MAX_TOKENS: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  CODEX_KEY_MAX_DURATION_S: positive(31_622_400).optional(),
  CODEX_KEY_BUDGET_PERIOD: z.enum(['day', 'month', 'total']).default('month'),
  CODEX_SIGNING_KEY_FILE: z.string().optional(),
  CODEX_SANDBOX: z.enum(['auto', 'bubblewrap', 'none']).default('auto'),
  CODEX_WAIT_LIMIT_S: integer(1, 86_400, 600),
  CODEX_RUN_TIMEOUT_S: integer(1, 604_800, 3_600),
  CODEX_STALL_TIMEOUT_S: integer(0, 604_800, 900),
  CODEX_RETENTION_DAYS: whole(1, 36_500).optional(),
  CODEX_MAX_RUN_MB: integer(1, 100_000, 512),
  CODEX_MAX_IMPORT_MB: integer(1, 100_000, 512),
  CODEX_COMPACT_AFTER_HOURS: z.union([z.literal('never'), integer(0, 876_000, 24)]).default(24),
  CODEX_ALLOW_LOCAL_REPOSITORIES: z.enum(['true', 'false']).optional(),
  CODEX_PROBE_MODELS: z.enum(['true', 'false']).default('true'),
  CODEX_MODEL_TIMEOUT_S: integer(1, 900, 300),
  CODEX_MIN_FREE_MB: integer(0, 100_000_000, 256),
  CODEX_WEBHOOK_SECRET: z.string().default(''),
  CODEX_WEBHOOK_ALLOW_PRIVATE: z.enum(['true', 'false']).default('false'),
})

/**
 * Reads the configuration from environment variables; an empty variable counts as not set.
 * @throws CodexError INVALID_REQUEST that lists every problem at once
 */
export function readConfig(environment: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = SCHEMA.safeParse(given)
  const issues = (parsed.error?.issues ?? []).map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  const apiKeys = (given['CODEX_API_KEYS'] ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
  if (apiKeys.some((key) => key.length < MIN_API_KEY_CHARACTERS)) {
    issues.push({
      path: 'CODEX_API_KEYS',
      message: `every key must have at least ${MIN_API_KEY_CHARACTERS} characters`,
    })
  }
  const webhookSecrets = readSecrets(given['CODEX_WEBHOOK_SECRET'] ?? '')
  if ('problem' in webhookSecrets) issues.push({ path: 'CODEX_WEBHOOK_SECRET', message: webhookSecrets.problem })
  const host = given['HOST'] // also looked at when something else is wrong
  if (host !== undefined && apiKeys.length === 0 && !LOOPBACK_HOSTS.has(host)) {
    issues.push({
      path: 'HOST',
      message: `${host} can be reached from other machines: set CODEX_API_KEYS first, or leave HOST at 127.0.0.1`,
    })
  }
  if (given['DATABASE_URL'] === undefined && (given['CODEX_ROLE'] ?? 'all') !== 'all') {
    issues.push({
      path: 'CODEX_ROLE',
      message: `${given['CODEX_ROLE']} needs DATABASE_URL: the embedded database belongs to one process`,
    })
  }
  if (issues.length > 0 || parsed.data === undefined || 'problem' in webhookSecrets) {
    const lines = issues.map((issue) => `${issue.path}: ${issue.message}`)
    throw new CodexError(
      'INVALID_REQUEST',
      `the configuration has ${issues.length} problem(s)\n  ${lines.join('\n  ')}`,
      { issues },
    )
  }
  const values = parsed.data
  return {
    port: values.PORT,
    host: values.HOST,
    logLevel: values.LOG_LEVEL,
    role: values.CODEX_ROLE,
    apiKeys,
    keyBudget: readKeyBudget(values),
    maxConcurrentRequests: values.MAX_CONCURRENT_REQUESTS,
    maxQueuedRequests: values.MAX_QUEUED_REQUESTS,
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: resolve(values.CODEX_DATA_DIR ?? defaultDataDir(given)),
    signingKeyFile: values.CODEX_SIGNING_KEY_FILE === undefined ? null : resolve(values.CODEX_SIGNING_KEY_FILE),
    sandbox: values.CODEX_SANDBOX,
    egress: readEgress(given),
    extraCertificates: given['NODE_EXTRA_CA_CERTS'] ?? null,
    // who has a key from elsewhere must not read what only this machine's user may read
    allowLocalRepositories: (values.CODEX_ALLOW_LOCAL_REPOSITORIES ?? String(apiKeys.length === 0)) === 'true',
    waitLimitMs: values.CODEX_WAIT_LIMIT_S * 1_000,
    runTimeoutMs: values.CODEX_RUN_TIMEOUT_S * 1_000,
    stallTimeoutMs: values.CODEX_STALL_TIMEOUT_S * 1_000,
    retentionDays: values.CODEX_RETENTION_DAYS ?? null,
    maxRunBytes: values.CODEX_MAX_RUN_MB * 1_024 * 1_024,
    maxImportBytes: values.CODEX_MAX_IMPORT_MB * 1_024 * 1_024,
    compactAfterHours: values.CODEX_COMPACT_AFTER_HOURS === 'never' ? null : values.CODEX_COMPACT_AFTER_HOURS,
    searchPath: given['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    minFreeMb: values.CODEX_MIN_FREE_MB,
    webhooks: { ...webhookSecrets, allowPrivate: values.CODEX_WEBHOOK_ALLOW_PRIVATE === 'true' },
    models: {
      ...readModelSettings(given),
      probe: values.CODEX_PROBE_MODELS === 'true',
      limits: { firstByteMs: values.CODEX_MODEL_TIMEOUT_S * 1_000, idleMs: values.CODEX_MODEL_TIMEOUT_S * 1_000 },
    },
  }
}

function readKeyBudget(values: z.infer<typeof SCHEMA>): Config['keyBudget'] {
  const { CODEX_KEY_MAX_USD: maxUsd, CODEX_KEY_MAX_TOKENS: maxTokens, CODEX_KEY_MAX_DURATION_S: maxDurationS } = values
  const limits = {
    ...(maxUsd === undefined ? {} : { maxUsd }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxDurationS === undefined ? {} : { maxDurationS }),
  }
  return Object.keys(limits).length === 0 ? null : { limits, period: values.CODEX_KEY_BUDGET_PERIOD }
}

/** Root's home is usually closed to others, but Postgres and the sandbox run as another user there. */
function defaultDataDir(environment: Environment): string {
  if (process.getuid?.() === 0) return '/var/lib/codex-orchestrator'
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'codex-orchestrator')
}

/** @see https://curl.se/docs/manpage.html#ENVIRONMENT for what these variables mean */
function readEgress(environment: Environment): Config['egress'] {
  const proxy = environment['HTTPS_PROXY'] ?? environment['https_proxy']
  const noProxy = (environment['NO_PROXY'] ?? environment['no_proxy'] ?? '').split(',').map((host) => host.trim())
  return { noProxy: noProxy.filter((host) => host !== ''), ...(proxy === undefined ? {} : { upstreamProxy: proxy }) }
}
