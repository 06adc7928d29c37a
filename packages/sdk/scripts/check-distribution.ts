import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/**
 * Looks at what was built as a consumer would: nothing of the workspace, of zod or of the server may have come along.
 * Package linters do not see this; an import that does not resolve makes every call `any` without a single error.
 * @param root the package's folder, with `dist` and `package.json`
 * @throws Error with every problem found
 */
export function checkDistribution(root: string): void {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const problems: string[] = []
  for (const file of ['index.d.ts', 'index.d.cts']) {
    const text = withoutComments(read(root, file))
    for (const specifier of importsOf(text)) problems.push(`${file} imports ${specifier}; it must stand alone`)
    for (const trace of [/\bany\b/, /zod/i, /trpc/i]) {
      if (trace.test(text)) problems.push(`${file} mentions ${trace}`)
    }
  }
  for (const file of ['index.js', 'index.cjs']) {
    const text = read(root, file)
    for (const specifier of importsOf(text)) {
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
      if (builtinModules.includes(specifier.replace('node:', ''))) problems.push(`${file} needs Node: ${specifier}`)
      else if (!(name in manifest.dependencies)) problems.push(`${file} imports ${specifier}, which is no dependency`)
    }
    if (/\bZod\w|\bz\.object\b/.test(text)) problems.push(`${file} carries zod`)
  }
  if (problems.length > 0) throw new Error(`dist is not fit to publish:\n- ${problems.join('\n- ')}`)
  const size = (file: string) => `${file} ${(gzipSync(read(root, file)).length / 1_000).toFixed(1)} kB gzip`
  process.stdout.write(`${size('index.js')}, ${size('index.d.ts')}\n`)
}

function read(root: string, file: string): string {
  return readFileSync(join(root, 'dist', file), 'utf8')
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '')
}

function importsOf(text: string): string[] {
  const pattern = /(?:\bfrom|\bimport|\brequire\()\s*\(?(['"])([^'"]+)\1/g
  return [...text.matchAll(pattern)].map((match) => match[2] ?? '')
}
