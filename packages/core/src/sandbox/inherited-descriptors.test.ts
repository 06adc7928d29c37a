import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { inheritedDescriptors } from './inherited-descriptors.ts'
import { temporaryFolder } from './sandbox.fixture.ts'

test("Node's own descriptors are not among them", () => {
  const own = openSync('/dev/null', 'r')
  expect(inheritedDescriptors()).not.toContain(own)
})

test('a file that the parent of the service left open does not get into the sandbox', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'secret'), 'secret')
  const program = `
    import { createBubblewrapDriver, detectToolchain } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
    import { inheritedDescriptors } from ${JSON.stringify(import.meta.resolve('./inherited-descriptors.ts'))}
    import { ROOMY_LIMITS as limits } from ${JSON.stringify(import.meta.resolve('./roomy-limits.fixture.ts'))}
    const driver = createBubblewrapDriver({ toolchain: await detectToolchain({ searchPath: '' }) })
    const argv = ['/bin/sh', '-c', 'cat /proc/self/fd/[0-9]* /proc/1/fd/[0-9]* 2>/dev/null; echo end']
    const { stdout } = await driver.run({ argv }, { worktree: ${JSON.stringify(folder)}, network: 'none', limits })
    console.log(JSON.stringify({ inherited: inheritedDescriptors(), stdout }))
    process.exit(0)`
  writeFileSync(join(folder, 'service.mjs'), program)
  const secret = openSync(join(folder, 'secret'), 'r')
  const child = spawn(process.execPath, [join(folder, 'service.mjs')], {
    stdio: ['ignore', 'pipe', 'pipe', ...Array.from({ length: 17 }, () => 'ignore' as const), secret],
  })
  const [stdout, stderr] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'exit'),
  ])
  expect(stdout, stderr).not.toBe('')
  const answer: { inherited: readonly number[]; stdout: string } = JSON.parse(stdout)
  expect(answer.inherited).toContain(20)
  expect(answer.stdout).toContain('end')
  expect(answer.stdout).not.toContain('secret')
})
