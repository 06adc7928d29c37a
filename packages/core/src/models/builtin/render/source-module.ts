import type { Toolchain } from '../plan/project-plan.ts'

/** One import line of a composed file. Relative sources have no extension. */
export interface SourceImport {
  readonly from: string
  readonly default?: string
  readonly names?: readonly string[]
  /** Imported for their types only; dropped in JavaScript. */
  readonly types?: readonly string[]
}

export interface SourceModule {
  /** First line of the file, such as a shebang. */
  readonly firstLine?: string
  readonly imports?: readonly SourceImport[]
  /**
   * The text below the imports, written as an ES module. `«…»` stays in TypeScript only, `‹…›` in JavaScript only;
   * a line that holds nothing else disappears with it.
   */
  readonly body: string
}

export function fileExtension(toolchain: Toolchain): 'js' | 'ts' {
  return toolchain.language === 'typescript' ? 'ts' : 'js'
}

/** Renders a file for the project's language and module format. */
export function renderModule(toolchain: Toolchain, module: SourceModule): string {
  const typed = toolchain.language === 'typescript'
  const body = keepDialect(module.body, typed)
    .trim()
    .replaceAll(/\n{3,}/g, '\n\n')
  const imports = (module.imports ?? []).flatMap((line) => renderImport(toolchain, line))
  const first = module.firstLine === undefined ? '' : `${module.firstLine}\n`
  const head = first + (imports.length > 0 ? `${imports.join('\n')}\n\n` : '')
  // TypeScript is always written as ES modules; its runners compile it where they need CommonJS.
  return toolchain.moduleFormat === 'commonjs' && !typed ? `${head}${toCommonJs(body)}` : `${head}${body}\n`
}

function keepDialect(text: string, typed: boolean): string {
  const [kept, dropped] = typed ? ['«»', '‹›'] : ['‹›', '«»']
  const [open, close] = dropped
  return text
    .replace(new RegExp(`^[ \\t]*(?:${open}[^${close}]*${close}[ \\t]*)+\\n`, 'gm'), '')
    .replace(new RegExp(`${open}[^${close}]*${close}`, 'g'), '')
    .replace(new RegExp(`[${kept}]`, 'g'), '')
}

function renderImport(toolchain: Toolchain, line: SourceImport): string[] {
  const typed = toolchain.language === 'typescript'
  const from = line.from.startsWith('.') ? `${line.from}.${fileExtension(toolchain)}` : line.from
  if (toolchain.moduleFormat === 'commonjs' && !typed) {
    const lines: string[] = []
    if (line.default !== undefined) lines.push(`const ${line.default} = require('${from}');`)
    if (line.names !== undefined) lines.push(`const { ${line.names.join(', ')} } = require('${from}');`)
    return lines
  }
  const named = [...(line.names ?? []), ...(typed ? (line.types ?? []).map((name) => `type ${name}`) : [])]
  const valued = line.default !== undefined || line.names !== undefined
  if (!valued && !typed) return []
  if (!valued) return [`import type { ${(line.types ?? []).join(', ')} } from '${from}';`]
  const clauses = [line.default, named.length > 0 ? `{ ${named.join(', ')} }` : undefined].filter(Boolean)
  return [`import ${clauses.join(', ')} from '${from}';`]
}

const EXPORT = /^export (?=(?:async )?(?:function\*?|const|class) (\w+))/gm

function toCommonJs(body: string): string {
  const reExports = [...body.matchAll(/^export \{ ([^}]+) \} from '([^']+)';$/gm)]
  if (reExports.length > 0) {
    const requires = reExports.map((match) => `const { ${match[1]} } = require('${match[2]}');`)
    const names = reExports.flatMap((match) => (match[1] ?? '').split(', '))
    return `${requires.join('\n')}\n\n${exportLine(names)}\n`
  }
  const names = [...body.matchAll(EXPORT)].map((match) => match[1] ?? '')
  const text = body.replaceAll(EXPORT, '')
  return names.length > 0 ? `${text}\n\n${exportLine(names)}\n` : `${text}\n`
}

function exportLine(names: readonly string[]): string {
  const short = `module.exports = { ${names.join(', ')} };`
  return short.length <= 100 ? short : `module.exports = {\n${names.map((name) => `  ${name},`).join('\n')}\n};`
}
