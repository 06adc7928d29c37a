// Measures how branched functions are: JavaScript and TypeScript by oxlint, Python by its own count.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measurePython } from './measure-python.mjs'
import { walkFiles } from './walk-files.mjs'

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const findings = walkFiles('.', (path) => path.endsWith('.py')).flatMap((path) =>
  measurePython(readFileSync(path, 'utf8')).map((found) => ({ path, ...found })),
)
if (walkFiles('.', (path) => /\.[cm]?[jt]sx?$/.test(path)).length > 0) {
  const args = ['-c', here('complexity.json'), '--disable-nested-config', '--no-ignore', '-f', 'json', '.']
  const oxlint = spawnSync(process.execPath, [here('../node_modules/oxlint/bin/oxlint'), ...args], {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  for (const { message, code, filename, labels } of JSON.parse(oxlint.stdout).diagnostics) {
    const [label] = labels
    const [value] = /(?:complexity of|too deeply \()\s*(\d+)/.exec(message)?.slice(1) ?? []
    // what does not parse is reported by the others
    if (label === undefined || value === undefined) continue
    const kind = code.includes('max-depth') ? 'depth' : 'complexity'
    const name = /`([^`]+)`/.exec(message)?.[1] ?? null
    findings.push({ path: filename, line: label.span.line, kind, value: Number(value), name })
  }
}
process.stdout.write(JSON.stringify({ findings }))
