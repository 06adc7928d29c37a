import { expect, test } from 'vitest'
import { undumpableLibrary } from './undumpable-library.ts'

// That it works is shown where tests in the sandbox try to read the memory of their runner.

test.each([
  ['x64', 0x3e],
  ['arm64', 0xb7],
] as const)('is a small shared object for %s without an executable stack', (architecture, machine) => {
  const library = undumpableLibrary(architecture)
  expect(library?.subarray(0, 7).toString('hex')).toBe('7f454c46020101')
  expect(library?.readUInt16LE(16)).toBe(3)
  expect(library?.readUInt16LE(18)).toBe(machine)
  expect(library?.length).toBeLessThan(512)
  const stack = 64 + 2 * 56
  expect(library?.readUInt32LE(stack)).toBe(0x6474e551)
  expect(library?.readUInt32LE(stack + 4)).toBe(6)
})

test('does not exist for other processors', () => {
  expect(undumpableLibrary('ppc64')).toBeNull()
})
