import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMacosDriver } from './macos.ts'
import { policyFor, temporaryFolder, testToolchain } from './sandbox.fixture.ts'

const toolchain = await testToolchain()

/** The driver over a stand-in for sandbox-exec that keeps the profile and isolates nothing. */
function driverWithStandIn() {
  const folder = temporaryFolder()
  const executable = join(folder, 'sandbox-exec')
  const profilePath = join(folder, 'profile')
  writeFileSync(
    executable,
    `#!/bin/sh\n[ "$1" = -p ] || exit 64\nprintf %s "$2" > '${profilePath}'\nshift 2\nexec "$@"\n`,
  )
  chmodSync(executable, 0o755)
  return { driver: createMacosDriver({ toolchain, executable }), profile: () => readFileSync(profilePath, 'utf8') }
}

test('starts commands under a profile that grants its worktree, and cleans up', async () => {
  const { driver, profile } = driverWithStandIn()
  const worktree = temporaryFolder()
  const result = await driver.run({ argv: ['cat'], stdin: 'hello' }, policyFor(worktree))
  expect(result).toMatchObject({
    exitCode: 0,
    stdout: 'hello',
    driver: 'sandbox-exec',
    isolated: true,
    deniedHosts: [],
  })
  expect(profile()).toContain(`(subpath "${worktree}")`)
  expect(profile()).not.toContain('network')
  const privateFolder = /\(subpath "([^"]*codex-command-[^"]*)"\)/.exec(profile())?.[1]?.split('/').at(-1)
  expect(readdirSync(tmpdir())).not.toContain(privateFolder)
})

test('reports every refused destination once', async () => {
  const { driver, profile } = driverWithStandIn()
  const program = `import { request } from 'node:http'
    const { hostname, port } = new URL(process.env.HTTP_PROXY)
    for (const url of ['http://evil.example/', 'http://evil.example/again', 'http://10.0.0.7:8080/'])
      await new Promise((resolve) => request({ hostname, port, path: url }, (r) => r.resume().on('end', resolve)).end())`
  const result = await driver.run(
    { argv: ['node', '--input-type=module', '-e', program] },
    { ...policyFor(temporaryFolder()), network: { allow: ['10.0.0.7:8080'] } },
  )
  expect(result).toMatchObject({ exitCode: 0, stderr: '', deniedHosts: ['evil.example:80', '10.0.0.7:8080'] })
  expect(profile()).toMatch(/\(allow network-outbound \(remote ip "localhost:\d+"\)\)/)
})
