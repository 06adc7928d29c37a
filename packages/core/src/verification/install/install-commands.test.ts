import { expect, test } from 'vitest'
import { type InstallationFacts, installCommands } from './install-commands.ts'

const argvs = (facts: Partial<InstallationFacts>, ...rootFiles: string[]) =>
  installCommands({
    rootFiles: new Set(rootFiles),
    declares: true,
    extra: [],
    npm: '/usr/bin/npm',
    worktree: '/w',
    pnpmLockHead: '',
    ...facts,
  }).map(({ argv }) => argv.slice(1).join(' '))

const FLAGS = '--ignore-scripts --no-audit --no-fund'

test('installs nothing when nothing is declared and nothing is missing', () => {
  expect(argvs({ declares: false }, 'package-lock.json')).toEqual([])
})

test('installs what a lockfile says, and falls back when it lags behind', () => {
  const expected = [`ci --prefix=/w ${FLAGS}`, `install --prefix=/w --no-save ${FLAGS}`]
  expect(argvs({}, 'package.json', 'package-lock.json')).toEqual(expected)
  expect(argvs({}, 'package.json', 'npm-shrinkwrap.json')).toEqual(expected)
})

test('writes no lockfile where there was none', () => {
  expect(argvs({ extra: ['jest@^30'] }, 'package.json')).toEqual([
    `install --prefix=/w --no-save ${FLAGS} --no-package-lock jest@^30`,
  ])
})

test('runs pnpm of the version that wrote the lockfile', () => {
  const version = (head: string) => /pnpm@\d+/.exec(argvs({ pnpmLockHead: head }, 'pnpm-lock.yaml')[0] ?? '')?.[0]
  expect(version("lockfileVersion: '9.0'\n")).toBe('pnpm@10')
  expect(version("lockfileVersion: '6.0'\n")).toBe('pnpm@8')
  expect(version('lockfileVersion: 5.4\n')).toBe('pnpm@7')
  expect(argvs({}, 'pnpm-lock.yaml')[0]).toContain('pnpm install --frozen-lockfile --ignore-scripts --ignore-pnpmfile')
  expect(argvs({}, 'pnpm-lock.yaml')[1]).toContain('--no-package-lock')
})

test('lets npm read the lockfile of yarn 1, and ignores that of a newer yarn', () => {
  const fresh = `install --prefix=/w --no-save ${FLAGS} --no-package-lock`
  expect(argvs({}, 'yarn.lock')).toEqual([
    `install --prefix=/w --no-save ${FLAGS} --replace-registry-host=registry.yarnpkg.com`,
    fresh,
  ])
  expect(argvs({}, 'yarn.lock', '.yarnrc.yml')).toEqual([fresh])
})

test('lets no .npmrc have code of the project executed', () => {
  const facts = { declares: true, extra: [], npm: '/usr/bin/npm', worktree: '/w', pnpmLockHead: '' }
  for (const lockfile of ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'none']) {
    for (const { env } of installCommands({ ...facts, rootFiles: new Set([lockfile]) })) {
      expect(env).toMatchObject({ npm_config_node_options: '--no-warnings', npm_config_script_shell: '/bin/sh' })
    }
  }
})
