import { expect, test } from 'vitest'
import { macosProfile } from './macos-profile.ts'

const grants = { worktree: '/private/w', temporaryFolder: '/private/t', readable: ['/opt/tools'], proxyPort: null }

test('denies by default and grants writing to the worktree and the private folder alone', () => {
  const lines = macosProfile(grants).split('\n')
  expect(lines.slice(0, 2)).toEqual(['(version 1)', '(deny default)'])
  const write = lines.slice(lines.indexOf('(allow file-write*') + 1)
  expect(write.slice(0, write.indexOf(')')).filter((line) => line.includes('subpath'))).toEqual([
    '  (subpath "/private/w")',
    '  (subpath "/private/t")',
  ])
  expect(lines).toContain('(deny file-write-setugid)')
  expect(lines).toContain('  (subpath "/opt/tools")')
})

test('grants no network, or the proxy on loopback alone', () => {
  expect(macosProfile(grants)).not.toContain('network')
  const network = macosProfile({ ...grants, proxyPort: 4711 })
    .split('\n')
    .filter((line) => line.includes('network'))
  expect(network).toEqual(['(allow network-outbound (remote ip "localhost:4711"))'])
})

test('a path cannot break out of its quotes', () => {
  const profile = macosProfile({ ...grants, worktree: '/w") (allow default) ("\\' })
  expect(profile).toContain('(subpath "/w\\") (allow default) (\\"\\\\")')
})

test('brackets are balanced', () => {
  const profile = macosProfile({ ...grants, proxyPort: 1 })
  expect(profile.split('(').length).toBe(profile.split(')').length)
})
