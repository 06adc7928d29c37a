import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findRegistryAccess, registryHosts } from './registry-access.ts'

function npmThatSays(config: string): [string, ...string[]] {
  const folder = mkdtempSync(join(tmpdir(), 'codex-npm-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'npm')
  writeFileSync(path, `#!/bin/sh\ncat <<'END'\n${config}\nEND\n`)
  chmodSync(path, 0o755)
  return [path]
}

test('takes registry, scopes and certificates from npm and leaves credentials out', async () => {
  const config = {
    registry: 'https://user:secret@packages.example.test/npm/',
    '@company:registry': 'http://company.example.test:8081/',
    '//packages.example.test/npm/:_authToken': 'secret',
    cafile: '/etc/company.pem',
  }
  const access = await findRegistryAccess({ npm: npmThatSays(JSON.stringify(config)) })
  expect(access.allow).toEqual(['packages.example.test:443', 'company.example.test:8081'])
  expect(access.env).toMatchObject({
    npm_config_registry: 'https://packages.example.test/npm/',
    'npm_config_@company:registry': 'http://company.example.test:8081/',
    NODE_EXTRA_CA_CERTS: expect.any(String),
  })
  expect(access.readOnly).toEqual([{ source: '/etc/company.pem', target: access.env['NODE_EXTRA_CA_CERTS'] }])
  expect(access.warnings).toHaveLength(1)
  expect(JSON.stringify(access)).not.toContain('secret')
})

test('reads the configuration of a real npm', async () => {
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', npm_config_registry: 'https://mirror.example.test/' }
  expect((await findRegistryAccess({ environment })).allow).toContain('mirror.example.test:443')
})

test('runs npm by the Node beside it, whatever else is on the path', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codex-npm-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const program = (name: string, text: string) => {
    mkdirSync(join(folder, dirname(name)), { recursive: true })
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  program('pinned/node', `#!/bin/sh\necho '{"registry":"https://pinned.example.test/"}'\n`)
  program('installed/node', `#!/bin/sh\necho '{"registry":"https://installed.example.test/"}'\n`)
  program('installed/npm', '#!/usr/bin/env node\n')
  const environment = { PATH: `${join(folder, 'pinned')}:${join(folder, 'installed')}:/usr/bin:/bin` }
  expect((await findRegistryAccess({ environment })).allow).toEqual(['installed.example.test:443'])
})

test("takes the machine's extra certificates where npm has no file of its own", async () => {
  const npm = npmThatSays('{"registry":"https://packages.example.test/"}')
  const access = await findRegistryAccess({ npm, extraCertificates: '/etc/company.pem' })
  expect(access.env).not.toHaveProperty('npm_config_cafile')
  expect(access.readOnly).toEqual([{ source: '/etc/company.pem', target: access.env['NODE_EXTRA_CA_CERTS'] }])
})

test('says so when npm cannot be asked', async () => {
  await expect(findRegistryAccess({ npm: ['/nonexistent/npm'] })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(findRegistryAccess({ npm: npmThatSays('no JSON') })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('names every host once', () => {
  expect(registryHosts(['https://a.test/x', 'https://a.test/y', 'http://[::1]:4873/'])).toEqual([
    'a.test:443',
    '[::1]:4873',
  ])
})
