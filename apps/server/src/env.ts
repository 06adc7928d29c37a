import { type Config, readConfig } from '@codex/core'
import { CodexError } from '@codex/protocol'

export interface ServerEnvironment {
  readonly config: Config
  /** Origins of web pages on other sites that may call this server. */
  readonly corsOrigins: readonly string[]
  /** Whether the banner may use colours. */
  readonly hasColor: boolean
}

/**
 * Reads everything that the server takes from its environment.
 * @throws CodexError INVALID_REQUEST that lists every problem at once
 */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  { isTerminal }: { readonly isTerminal: boolean },
): ServerEnvironment {
  const corsOrigins = (environment['CODEX_CORS_ORIGINS'] ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '')
  const issues = corsOrigins
    .filter((origin) => !isOrigin(origin))
    .map((origin) => ({
      path: 'CODEX_CORS_ORIGINS',
      message: `"${origin}" is not an origin such as https://example.com`,
    }))
  let config: Config | undefined
  try {
    config = readConfig(environment)
  } catch (error) {
    if (!CodexError.isInstance(error) || error.issues === undefined) throw error
    issues.unshift(...error.issues)
  }
  if (config === undefined || issues.length > 0) {
    const lines = issues.map((issue) => `  ${issue.path}: ${issue.message}`)
    throw new CodexError('INVALID_REQUEST', `the configuration has ${issues.length} problem(s)\n${lines.join('\n')}`, {
      issues,
    })
  }
  return { config, corsOrigins, hasColor: isTerminal && (environment['NO_COLOR'] ?? '') === '' }
}

/** The environment of this process; nothing else in the app looks at it. */
export function processEnvironment(): ServerEnvironment {
  return readEnvironment(process.env, { isTerminal: process.stdout.isTTY === true })
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

/** Where a command finds a running server, and the key that it shows. */
export interface ClientEnvironment {
  readonly url: string
  readonly apiKey: string | null
}

const DEFAULT_PORT = '3000'

/** `CODEX_URL` and `CODEX_API_KEY` as the SDK knows them; else the server that this environment would start. */
export function clientEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ClientEnvironment {
  const [ownKey] = (environment['CODEX_API_KEYS'] ?? '').split(',').map((key) => key.trim())
  return {
    url: environment['CODEX_URL'] || `http://127.0.0.1:${environment['PORT'] || DEFAULT_PORT}`,
    apiKey: environment['CODEX_API_KEY'] || ownKey || null,
  }
}
