import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBubblewrapDriver } from './bubblewrap.ts'
import { sandboxIdentity } from './reachable.ts'
import { policyFor, temporaryFolder } from './sandbox.fixture.ts'
import { detectToolchain } from './toolchain.ts'

/** A program that answers every question with one line. */
function fakeTool(path: string, answer: string): void {
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\n`)
  chmodSync(path, 0o755)
}

test('offers what is there and works inside', async () => {
  const toolchain = await detectToolchain({ searchPath: '/usr/local/bin:/usr/bin:/bin' })
  expect(toolchain.tools.node).toBeDefined()
  const driver = createBubblewrapDriver({ toolchain })
  for (const tool of Object.values(toolchain.tools)) {
    const version = tool.endsWith('/go') ? 'version' : '--version'
    expect(await driver.run({ argv: [tool, version] }, policyFor(temporaryFolder())), tool).toMatchObject({
      exitCode: 0,
    })
  }
})

test('an installation outside /usr is mounted where it is', async () => {
  const prefix = temporaryFolder()
  chmodSync(prefix, 0o755)
  mkdirSync(join(prefix, 'bin'))
  fakeTool(join(prefix, 'bin/go'), prefix)
  const toolchain = await detectToolchain({ searchPath: join(prefix, 'bin') })
  expect(toolchain.mounts).toContainEqual({ source: prefix, target: prefix })
  expect(toolchain.path).toContain(join(prefix, 'bin'))
  expect(toolchain.tools.go).toBe(join(prefix, 'bin/go'))
})

test('a whole node installation brings its npm along', async () => {
  const prefix = temporaryFolder()
  chmodSync(prefix, 0o755)
  mkdirSync(join(prefix, 'bin'))
  mkdirSync(join(prefix, 'lib/node_modules/npm/bin'), { recursive: true })
  symlinkSync('/bin/sh', join(prefix, 'bin/sh'))
  copyFileSync('/bin/sh', join(prefix, 'bin/node'))
  fakeTool(join(prefix, 'lib/node_modules/npm/bin/npm-cli.js'), '11')
  const toolchain = await detectToolchain({ searchPath: '', nodePath: join(prefix, 'bin/node') })
  expect(toolchain.mounts).toEqual([{ source: prefix, target: '/opt/codex/node' }])
  expect(toolchain.tools).toEqual({ node: '/opt/codex/node/bin/node', npm: '/opt/codex/node/bin/npm' })
})

test('a broken tool is left out with a note', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'go'), '#!/bin/sh\nexit 1\n')
  chmodSync(join(folder, 'go'), 0o755)
  const { tools, notes } = await detectToolchain({ searchPath: folder })
  expect(tools.go).toBeUndefined()
  expect(notes).toEqual([`go: ${folder}/go does not run`])
})

test.runIf(sandboxIdentity() !== null)('a node that the sandbox user cannot reach is staged, or noted', async () => {
  const closed = temporaryFolder()
  copyFileSync('/bin/true', join(closed, 'node'))
  const staging = temporaryFolder()
  chmodSync(staging, 0o755)
  const options = { searchPath: '', nodePath: join(closed, 'node') }
  const staged = await detectToolchain({ ...options, stagingDirectory: join(staging, 'tools') })
  expect(staged.mounts[0]?.source.startsWith(join(staging, 'tools'))).toBe(true)
  expect(staged.tools.node).toBe('/opt/codex/node/bin/node')
  const noted = await detectToolchain(options)
  expect(noted.notes[0]).toContain('cannot be reached by other users')
  const shut = await detectToolchain({ ...options, stagingDirectory: join(closed, 'tools') })
  expect(shut.notes[0]).toContain(`${closed} is closed`)
})
