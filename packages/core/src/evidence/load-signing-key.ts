import { generateKeyPairSync } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CodexError } from '@codex/protocol'
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../logging/log.ts'
import { parseSigningKey, type SigningKey } from './signing-key.ts'

export interface SigningKeyPlace {
  /** The operator's own key (CODEX_SIGNING_KEY_FILE), PKCS#8 in PEM; null: one in the data folder. */
  readonly file: string | null
  readonly dataDir: string
  readonly log: Log
}

/**
 * The key that signs on this machine. Without one of the operator's, the data folder gets one at the first start, which
 * only this user may read.
 * @throws CodexError INVALID_REQUEST when the file cannot be read or holds no Ed25519 key; its content is never told
 */
export async function loadSigningKey({ file, dataDir, log }: SigningKeyPlace): Promise<SigningKey> {
  if (file !== null) return await readKey(file, 'CODEX_SIGNING_KEY_FILE', log)
  const own = join(dataDir, 'keys', 'evidence-ed25519.pem')
  await createKey(own)
  return await readKey(own, 'the signing key of the data folder', log)
}

async function readKey(path: string, name: string, log: Log): Promise<SigningKey> {
  const pem = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CodexError('INVALID_REQUEST', `${name}: ${path} cannot be read (${cause.code})`, { cause })
  })
  const key = parseSigningKey(pem)
  if (key === null) {
    const remedy = `make one with "openssl genpkey -algorithm ed25519 -out ${path}"`
    throw new CodexError(
      'INVALID_REQUEST',
      `${name}: ${path} holds no Ed25519 private key without passphrase; ${remedy}`,
    )
  }
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) log.warn({ path }, 'other users may read the key that signs evidence; chmod 600')
  return key
}

/** Makes the key unless it is there. Whole or not at all, also when two processes start at the same time. */
async function createKey(path: string): Promise<void> {
  if (await exists(path)) return
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519')
  const draft = `${path}.${uuidv7()}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }))
      await handle.sync()
    } finally {
      await handle.close()
    }
    // unlike a rename, this leaves a key that another process was quicker with
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}
