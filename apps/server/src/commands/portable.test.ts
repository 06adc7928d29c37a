import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'
import { createTemporaryFolder } from '../testing/temporary-folder.ts'
import { exportToFile, importFromFile } from './portable.ts'

const KEY = 'key-of-an-operator-0123456789'
const NOWHERE = 'http://127.0.0.1:9'
const WITH_KEY = { url: NOWHERE, apiKey: KEY }
const WITHOUT_KEY = { url: NOWHERE, apiKey: null }

test('takes a run into a file and a file into a server, with the key', async () => {
  await using server = await startTestServer({ apiKeys: [KEY] })
  await using folder = await createTemporaryFolder()
  const { requestId } = await server.orchestrator.submit({ prompt: 'finish' })
  const file = join(folder.path, 'run.json.gz')
  expect(await exportToFile([requestId, file], { url: server.url, apiKey: KEY })).toContain(file)
  const bytes = await readFile(file)
  expect(bytes.subarray(2).toString()).toBe(requestId)
  // what is there already stays
  await expect(exportToFile([requestId, file, '--url', server.url], WITH_KEY)).rejects.toThrow(/EEXIST/)
  expect(await readFile(file)).toEqual(bytes)

  await writeFile(file, 'a file')
  const trustKey = 'a'.repeat(64)
  const told = await importFromFile([file, '--url', server.url, '--trust-key', trustKey], WITH_KEY)
  expect(told).toContain(server.url)
  expect(server.orchestrator.calls.at(-1)?.argument).toEqual({ bytes: 'a file', trustKey })
})

test('says what the server answered, and leaves no file behind', async () => {
  await using server = await startTestServer({ apiKeys: [KEY] })
  await using folder = await createTemporaryFolder()
  const file = join(folder.path, 'run.json.gz')
  const missing = randomUUID()
  await expect(exportToFile([missing, file, '--url', server.url], WITH_KEY)).rejects.toThrow(/404 NOT_FOUND: .*run/)
  await expect(exportToFile([missing, file, '--url', server.url], WITHOUT_KEY)).rejects.toThrow(/401 UNAUTHENTICATED/)
  await expect(readFile(file)).rejects.toThrow(/ENOENT/)
  await writeFile(file, 'broken')
  await expect(importFromFile([file, '--url', server.url], WITH_KEY)).rejects.toThrow(/400 INVALID_REQUEST/)
  await server.app.close()
  await expect(importFromFile([file, '--url', server.url], WITH_KEY)).rejects.toThrow(/cannot be reached \(--url\)/)
})

test.each([
  [[]],
  [['only-an-id']],
  [['id', 'file', 'more']],
  [['id', 'file', '--nonsense']],
  [['id', 'file', '--url', 'x']],
])('refuses to export %j and says how it is used', async (args) => {
  await expect(exportToFile(args, WITHOUT_KEY)).rejects.toThrow(/usage: codex export/)
})
test.each([[[]], [['a', 'b']]])('refuses to import %j and says how it is used', async (args) => {
  await expect(importFromFile(args, WITHOUT_KEY)).rejects.toThrow(/usage: codex import/)
})
