import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SILENT_LOG } from '../logging/log.ts'
import { loadSigningKey } from './load-signing-key.ts'

let folder: string
let warnings: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-key-'))
  warnings = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const load = (file: string | null = null) => {
  const log = { ...SILENT_LOG, warn: (_data: unknown, message: string) => warnings.push(message) }
  return loadSigningKey({ file, dataDir: folder, log })
}

async function save(text: string | Buffer, mode = 0o600): Promise<string> {
  const path = join(folder, 'own.pem')
  await writeFile(path, text, { mode })
  await chmod(path, mode)
  return path
}

test('the first start makes a key that only this user may read, and every later one finds it', async () => {
  const first = await load()
  const path = join(folder, 'keys', 'evidence-ed25519.pem')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'keys'))).mode & 0o777).toBe(0o700)
  expect((await load()).keyId).toBe(first.keyId)
  expect(first.keyId).toMatch(/^[0-9a-f]{64}$/)
  expect(first.publicKeyPem).toContain('BEGIN PUBLIC KEY')
  expect(warnings).toEqual([])
})

test('processes that start at the same time agree on one key and leave nothing else', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => load()))
  expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1)
  expect(await readdir(join(folder, 'keys'))).toEqual(['evidence-ed25519.pem'])
})

test("the operator's key is taken as it is, with a warning when others may read it", async () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const path = await save(pem)
  const { keyId } = await load(path)
  expect(warnings).toEqual([])
  await chmod(path, 0o644)
  expect((await load(path)).keyId).toBe(keyId)
  expect(warnings).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['own.pem'])
  expect(await readFile(path, 'utf8')).toBe(pem)
})

test('a file that holds something else is refused, and nothing of it is told', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const secrets = [
    'hunter2',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' }),
  ]
  for (const secret of secrets) {
    const error = await load(await save(secret)).catch((reason: Error) => reason)
    expect(error).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(String(error)).toContain('openssl genpkey')
    expect(String(error)).not.toContain(String(secret).slice(0, 80))
  }
})

test('a file that is not there is told by its name', async () => {
  await expect(load(join(folder, 'nowhere.pem'))).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringContaining('nowhere.pem cannot be read (ENOENT)'),
  })
})
