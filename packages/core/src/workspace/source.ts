import { existsSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CodexError } from '@codex/protocol'
import { BASE_REF } from './branch.ts'
import { type GitResult, runGit } from './git.ts'
import { initializeGitDirectory, writeRef } from './loose-store.ts'
import { redactCredentials } from './redact-credentials.ts'
import type { WorkspaceSource } from './workspace.ts'

export type RepositorySource = Extract<WorkspaceSource, { readonly kind: 'repository' }>

export type SourceProtocol = 'https' | 'http' | 'file'

export interface SourceAccess {
  /** URL schemes that may be fetched from. */
  readonly protocols: readonly SourceProtocol[]
  /** Variables that only fetches get: proxies, certificate files. */
  readonly networkEnvironment: Readonly<Record<string, string>>
  readonly fetchTimeoutMs: number
}

/**
 * Makes a git directory whose {@link BASE_REF} is the source's commit. Nothing of the source's own configuration, hooks
 * or index comes along; objects of a local repository are shared, not copied.
 *
 * @param gitDir absolute path; must not exist
 * @throws CodexError REPOSITORY_UNREACHABLE when the repository or the ref cannot be had; never with credentials in it
 */
export async function importRepository(gitDir: string, source: RepositorySource, access: SourceAccess): Promise<void> {
  const ref = checkRef(source.ref ?? 'HEAD')
  // a local repository is opened as such also when it is named by URL: a fetch would run git inside of it
  if (source.location.startsWith('file://') && access.protocols.includes('file')) {
    await importFromPath(gitDir, toPath(source.location), ref)
  } else if (source.location.includes('://')) await importFromUrl(gitDir, source.location, ref, access)
  else await importFromPath(gitDir, source.location, ref)
}

async function importFromPath(gitDir: string, location: string, ref: string): Promise<void> {
  const path = resolve(location)
  if (/[\n"]/.test(path)) throw unreachable(location, 'the path contains a line break or a quotation mark')
  const source = await findRepository(path, location)
  const commit = await runGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], {
    gitDir: source.gitDir,
    okExitCodes: [0, 1, 128],
  })
  const hash = commit.stdout.toString().trim()
  if (commit.exitCode !== 0 || hash === '') {
    throw unreachable(location, ref === 'HEAD' ? 'it has no commits yet' : `it has no branch, tag or commit "${ref}"`)
  }
  await initializeGitDirectory(gitDir, source.objectFormat === 'sha256' ? 'sha256' : 'sha1')
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${join(source.commonDir, 'objects')}\n`)
  const shallow = join(source.commonDir, 'shallow')
  if (existsSync(shallow)) await copyFile(shallow, join(gitDir, 'shallow'))
  await writeRef(gitDir, BASE_REF, hash)
}

/** Finds the git directories of a worktree, bare repository or linked worktree; does not search its parents. */
async function findRepository(
  path: string,
  location: string,
): Promise<{ readonly gitDir: string; readonly commonDir: string; readonly objectFormat: string }> {
  if (!existsSync(path)) throw unreachable(location, 'there is no such folder, and only paths and URLs are taken')
  const { stdout } = await runGit(
    ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir', '--show-object-format'],
    {
      cwd: path,
      // the operator named this folder; whoever owns it, its configuration runs nothing here
      config: { 'safe.directory': '*', 'safe.bareRepository': 'all' },
      env: { GIT_CEILING_DIRECTORIES: dirname(path) },
    },
  ).catch((cause: unknown) => {
    throw unreachable(
      location,
      'it is not a git repository; make one with: git init && git add -A && git commit',
      cause,
    )
  })
  const [gitDir = '', commonDir = '', objectFormat = ''] = stdout.toString().split('\n')
  return { gitDir, commonDir, objectFormat }
}

async function importFromUrl(gitDir: string, location: string, ref: string, access: SourceAccess): Promise<void> {
  const url = parseUrl(location)
  const protocol = access.protocols.find((allowed) => `${allowed}:` === url.protocol)
  if (!protocol) {
    throw unreachable(location, `only ${access.protocols.map((name) => `${name}://`).join(', ')} URLs are allowed`)
  }
  const credentials = takeCredentials(url)
  await initializeGitDirectory(gitDir, 'sha1')
  const fetch = async (depth: readonly string[]): Promise<GitResult> =>
    await runGit(['fetch', '--quiet', '--no-tags', ...depth, '--', url.href, `+${ref}:${BASE_REF}`], {
      gitDir,
      config: { [`protocol.${protocol}.allow`]: 'always' },
      env: { ...access.networkEnvironment, ...credentials.environment },
      timeoutMs: access.fetchTimeoutMs,
    })
  try {
    // a server that only hands out files cannot shorten the history
    await fetch(['--depth=1']).catch((error: unknown) => {
      if (/dumb http transport/.test(String(error))) return fetch([])
      throw error
    })
    await runGit(['rev-parse', '--verify', '--quiet', `${BASE_REF}^{commit}`], { gitDir })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    // the cause is left out: it may hold what is redacted here
    throw unreachable(url.href, redactCredentials(reason, credentials.secrets))
  }
}

function toPath(location: string): string {
  try {
    return fileURLToPath(location)
  } catch {
    throw unreachable(location, 'it is not the URL of a local folder')
  }
}

function parseUrl(location: string): URL {
  try {
    return new URL(location)
  } catch {
    throw unreachable(location, 'it is not a URL')
  }
}

/**
 * Moves user and password from the URL into a header that git reads from its environment: a command line is visible to
 * every user of the machine, and git writes URLs into its messages.
 */
function takeCredentials(url: URL): {
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
} {
  if (url.username === '' && url.password === '') return { environment: {}, secrets: [] }
  const user = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  const encoded = Buffer.from(`${user}:${password}`).toString('base64')
  const secrets = [url.password, password, encoded, ...(password === '' ? [url.username, user] : [])]
  url.username = ''
  url.password = ''
  return {
    environment: {
      GIT_CONFIG_COUNT: '1',
      // for this server alone, so that a redirect to another one does not get it
      GIT_CONFIG_KEY_0: `http.${url.origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${encoded}`,
    },
    secrets,
  }
}

/** Branches, tags and commits only: no revision expressions and nothing that git could take for an option or refspec. */
function checkRef(ref: string): string {
  if (/^[A-Za-z0-9_][\w./+@=-]*$/.test(ref) && !ref.includes('..') && !ref.includes('@{')) return ref
  throw new CodexError(
    'REPOSITORY_UNREACHABLE',
    `The ref ${JSON.stringify(ref)} is not the name of a branch, tag or commit.`,
    { retryable: false },
  )
}

function unreachable(location: string, reason: string, cause?: unknown): CodexError {
  return new CodexError(
    'REPOSITORY_UNREACHABLE',
    `The repository ${redactCredentials(location)} cannot be used: ${reason}.`,
    cause === undefined ? {} : { cause },
  )
}
