import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { makeRepository, managerIn, plainGit, temporaryFolder, writeTree } from './workspace.fixture.ts'

test('starts from a branch of a local repository and takes nothing else of it along', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'kept.txt': 'committed\n', '.gitattributes': '*.txt text eol=crlf\n' })
  plainGit(source, 'branch', 'topic/one')
  writeTree(source, { 'kept.txt': 'uncommitted\n' })

  const manager = managerIn(folder.path)
  const workspace = await manager.open('run-1', { kind: 'repository', location: source, ref: 'topic/one' })

  expect(await workspace.listFiles()).toEqual(['.gitattributes', 'kept.txt'])
  expect(readFileSync(join(workspace.worktree, 'kept.txt'), 'utf8')).toBe('committed\n')
  expect(workspace.baseTree).toBe(plainGit(source, 'rev-parse', 'topic/one^{tree}').trim())
  expect(await workspace.treeHash()).toBe(workspace.baseTree)
  expect(existsSync(join(workspace.worktree, '.git'))).toBe(false)
  expect(readdirSync(join(folder.path, 'runs/run-1/git'))).not.toContain('hooks')
})

test('reads a bare repository, a linked worktree, a shallow clone and a commit by hash', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  const commit = makeRepository(source, { 'a.txt': 'a\n' })
  plainGit(folder.path, 'clone', '-q', '--bare', source, 'bare.git')
  plainGit(source, 'worktree', 'add', '-q', join(folder.path, 'linked'))
  writeTree(source, { 'a.txt': 'b\n' })
  plainGit(source, 'commit', '-qam', 'second')
  plainGit(folder.path, 'clone', '-q', '--depth=1', `file://${source}`, 'shallow')
  const manager = managerIn(folder.path)
  const locations = [source, join(folder.path, 'bare.git'), join(folder.path, 'linked')]
  for (const [index, location] of locations.entries()) {
    const workspace = await manager.open(`run-${index}`, { kind: 'repository', location, ref: commit })
    expect(await workspace.readFile('a.txt')).toBe('a\n')
  }
  const shallow = await manager.open('shallow', { kind: 'repository', location: join(folder.path, 'shallow') })
  expect(await shallow.readFile('a.txt')).toBe('b\n')
  await shallow.writeFile('a.txt', 'c\n')
  await shallow.commit('third')
})

test.each([
  ['a missing folder', '/no/such/folder', undefined, 'no such folder'],
  ['an unknown ref', '<source>', 'nowhere', 'no branch, tag or commit "nowhere"'],
  ['a ref that looks like an option', '<source>', '--upload-pack=evil', 'not the name of a branch'],
  ['a revision expression', '<source>', 'HEAD@{1}', 'not the name of a branch'],
  ['a folder inside of a repository', '<source>/sub', undefined, 'not a git repository'],
  ['a repository without commits', '<empty>', undefined, 'no commits yet'],
  ['a transport that runs commands', 'ext::sh -c id', undefined, 'only paths and URLs'],
  ['ssh', 'ssh://git@localhost/x', undefined, 'only https://, file:// URLs are allowed'],
])('refuses %s and leaves nothing behind', async (_name, location, ref, reason) => {
  using folder = temporaryFolder()
  makeRepository(join(folder.path, 'source'), { 'sub/a.txt': 'a\n' })
  plainGit(folder.path, 'init', '-q', 'empty')
  const place = location.replace(/^<(\w+)>/, (_, name: string) => join(folder.path, name))
  const source = { kind: 'repository' as const, location: place, ...(ref === undefined ? {} : { ref }) }
  await expect(managerIn(folder.path).open('run-1', source)).rejects.toMatchObject({
    code: 'REPOSITORY_UNREACHABLE',
    message: expect.stringContaining(reason),
  })
  expect(readdirSync(join(folder.path, 'runs'))).toEqual([])
})

test('sends credentials of a URL as a header alone and never shows them', async () => {
  using folder = temporaryFolder()
  const seen: { url: string | undefined; authorization: string | undefined }[] = []
  const server = createServer((incoming, response) => {
    seen.push({ url: incoming.url, authorization: incoming.headers.authorization })
    response.writeHead(403).end('no')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs'), protocols: ['http'] })
    const location = `http://robot:s3cret%2Ftoken@127.0.0.1:${port}/x.git`
    const error = await manager.open('run-1', { kind: 'repository', location }).catch((reason: unknown) => reason)

    expect(error).toMatchObject({ code: 'REPOSITORY_UNREACHABLE', message: expect.stringContaining('403') })
    expect(String(error)).not.toMatch(/robot|s3cret/)
    expect(seen[0]?.url).toContain('/x.git/info/refs')
    expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('robot:s3cret/token').toString('base64')}`)
  } finally {
    server.close()
  }
})

test('fetches over http from a server that only hands out files', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  makeRepository(source, { 'a.txt': 'a\n' })
  plainGit(source, 'update-server-info')
  const server = createServer((incoming, response) => {
    const file = join(source, '.git', new URL(incoming.url ?? '/', 'http://x').pathname)
    if (existsSync(file) && statSync(file).isFile()) response.end(readFileSync(file))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs'), protocols: ['http'] })
    const workspace = await manager.open('run-1', {
      kind: 'repository',
      location: `http://127.0.0.1:${port}/`,
      ref: 'main',
    })
    expect(await workspace.readFile('a.txt')).toBe('a\n')
  } finally {
    server.close()
  }
})

test('ends a fetch that takes too long', async () => {
  using folder = temporaryFolder()
  const server = createServer(() => undefined) // never answers
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const options = { rootDir: join(folder.path, 'runs'), protocols: ['http'], fetchTimeoutMs: 300 } as const
    const opened = createWorkspaceManager(options).open('run-1', {
      kind: 'repository',
      location: `http://127.0.0.1:${port}/x.git`,
    })
    await expect(opened).rejects.toThrow('took longer than 300 ms')
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
