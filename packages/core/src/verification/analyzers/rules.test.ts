import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { platformPackage } from './platform-package.ts'

const TOOLS = dirname(createRequire(import.meta.url).resolve('@codex/analyzer-tools/package.json'))
const PROGRAM = join(TOOLS, 'node_modules', platformPackage('@ast-grep/cli-', 'gnu'), 'ast-grep')

/** The documents of all YAML files in a folder of the rules. */
function documents(folder: string): readonly string[] {
  const files = readdirSync(join(TOOLS, 'rules', folder)).filter((name) => name.endsWith('.yml'))
  return files.flatMap((name) => readFileSync(join(TOOLS, 'rules', folder, name), 'utf8').split(/^---$/m))
}

function idOf(document: string): string {
  return /^id: (\S+)$/m.exec(document)?.[1] ?? ''
}

test('every rule finds its faulty examples and none of its right ones', () => {
  const args = ['test', '--config', join(TOOLS, 'rules/sgconfig.yml'), '--skip-snapshot-tests']
  const { status, stdout, stderr } = spawnSync(PROGRAM, args, { encoding: 'utf8' })
  expect(stdout + stderr).toContain('0 failed')
  expect(status).toBe(0)
})

test('every rule has examples of both kinds, says what is wrong and what to do, and is judged', () => {
  const rules = ['javascript', 'python'].flatMap(documents)
  const examples = new Map(documents('tests').map((document) => [idOf(document), document]))
  expect(rules.length).toBeGreaterThan(60)
  for (const rule of rules) {
    const id = idOf(rule)
    expect(examples.get(id), id).toMatch(/^valid:\n\s+- [\s\S]*^invalid:\n\s+- /m)
    expect(rule, id).toMatch(/^message: /m)
    expect(rule, id).toMatch(/^note: /m)
    expect(rule, id).toMatch(/category: (security|correctness|secrets)/)
    expect(rule, id).toMatch(/severity: (low|medium|high|critical)/)
  }
  expect([...examples.keys()].sort()).toEqual(rules.map(idOf).sort())
})
