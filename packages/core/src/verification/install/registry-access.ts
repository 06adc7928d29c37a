import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { CodexError } from '@codex/protocol'
import { z } from 'zod'
import type { ReadOnlyMount } from '../../sandbox/sandbox.ts'

const run = promisify(execFile)

const NPM_TIMEOUT_MS = 20_000
const CERTIFICATES_INSIDE = '/opt/codex/registry-certificates.pem'

/** What an installation in the sandbox needs beyond the toolchain, taken from the operator's npm configuration. */
export interface RegistryAccess {
  /** `host:port` pairs to reach. */
  readonly allow: readonly string[]
  /**
   * Settings for npm (and pnpm, which reads the same). They win over an .npmrc of the project, which could otherwise
   * lead to a registry of its own; such a host is not on the allow list either.
   */
  readonly env: Readonly<Record<string, string>>
  readonly readOnly: readonly ReadOnlyMount[]
  /** What the sandbox cannot take over, for people. */
  readonly warnings: readonly string[]
}

export interface RegistryOptions {
  /** How to start npm on this machine; default `npm`. */
  readonly npm?: readonly [string, ...string[]]
  /** Replaces the service's own environment for npm; `npm_config_*` variables in it count. */
  readonly environment?: Readonly<Record<string, string>>
  /** File of certificates that this machine trusts besides the usual ones (`NODE_EXTRA_CA_CERTS`). */
  readonly extraCertificates?: string
}

/**
 * Runs npm by the Node beside it, as it was installed: under another one, such as the one that this service's own
 * scripts pin, it would look for its global configuration elsewhere.
 */
const BESIDE_ITS_NODE = 'PATH="$(dirname "$(command -v "$0")"):$PATH" exec "$0" "$@"'

const npmConfig = z.object({ registry: z.url(), cafile: z.string().nullish() }).catchall(z.unknown())
type NpmConfig = z.infer<typeof npmConfig>

/**
 * Asks the machine's npm for its configuration, so that no registry is ever written down in our code. It is asked in the
 * temporary folder, because the configuration of an untrusted project must not count.
 *
 * Tokens and passwords stay where they are: a registry that needs them cannot be used from inside the sandbox, since
 * sandboxed code could read whatever npm can.
 * @throws CodexError UNAVAILABLE when npm cannot be asked
 */
export async function findRegistryAccess(options: RegistryOptions = {}): Promise<RegistryAccess> {
  const { npm = ['npm'], environment, extraCertificates } = options
  try {
    const { stdout } = await run('/bin/sh', ['-c', BESIDE_ITS_NODE, ...npm, 'config', 'list', '--json'], {
      cwd: tmpdir(),
      timeout: NPM_TIMEOUT_MS,
      ...(environment === undefined ? {} : { env: { ...environment } }),
    })
    return toRegistryAccess(npmConfig.parse(JSON.parse(stdout)), extraCertificates ?? null)
  } catch (cause) {
    const message = `npm on this machine does not tell its configuration; check that "${npm.join(' ')} config list" works.`
    throw new CodexError('UNAVAILABLE', message, { cause })
  }
}

/** The `host:port` pairs of registries, each once. */
export function registryHosts(addresses: readonly string[]): readonly string[] {
  const hosts = addresses.map((address) => {
    const url = new URL(address)
    return `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`
  })
  return [...new Set(hosts)]
}

function toRegistryAccess(config: NpmConfig, extraCertificates: string | null): RegistryAccess {
  const warnings: string[] = []
  const registry = withoutCredentials(config.registry, warnings)
  const scopes = Object.entries(config).flatMap(([key, value]) =>
    /^@[^:/]+:registry$/.test(key) && typeof value === 'string'
      ? [[key, withoutCredentials(value, warnings)] as const]
      : [],
  )
  // npm's own file stands for all certificates, the other one comes on top of the usual ones
  const certificates = config.cafile ?? extraCertificates
  return {
    allow: registryHosts([registry, ...scopes.map(([, address]) => address)]),
    env: {
      npm_config_registry: registry,
      ...Object.fromEntries(scopes.map(([key, address]) => [`npm_config_${key}`, address])),
      ...(config.cafile == null ? {} : { npm_config_cafile: CERTIFICATES_INSIDE }),
      ...(certificates === null ? {} : { NODE_EXTRA_CA_CERTS: CERTIFICATES_INSIDE }),
      // Of this installation alone: a cache that runs share could be poisoned by one for the others.
      npm_config_cache: '/tmp/npm-cache',
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '2',
      npm_config_fetch_retry_mintimeout: '1000',
      npm_config_fetch_retry_maxtimeout: '5000',
      npm_config_fetch_timeout: '60000',
    },
    readOnly: certificates === null ? [] : [{ source: certificates, target: CERTIFICATES_INSIDE }],
    warnings,
  }
}

function withoutCredentials(address: string, warnings: string[]): string {
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') {
    warnings.push(`The credentials in the address of ${url.host} are not passed into the sandbox.`)
    url.username = ''
    url.password = ''
  }
  return url.href
}
