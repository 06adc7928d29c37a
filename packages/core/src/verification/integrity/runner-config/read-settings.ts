import type * as Typescript from 'typescript'
import { parseJavascript, withinStack } from '../parse-javascript.ts'
import { condense } from '../shapes/test-shape.ts'

/** A setting of a test runner or coverage tool. */
export interface Setting {
  /** Names from the outside in: `test.coverage.exclude`. */
  readonly path: string
  /** Elements of a list, or the one value. */
  readonly values: readonly string[]
  readonly line: number
}

const CONFIG_FILE =
  /^(vitest|vite|jest|playwright|ava)\.(config|workspace)\.([cm]?[jt]s|json)$|^\.(mocharc|nycrc|c8rc|taprc)(\.(json|js|cjs|yml|yaml))?$|^(pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|conftest\.py|\.coveragerc|Cargo\.toml)$|^package\.json$/
const MAX_LINE = 1_000
const IN_MANIFEST = /^(jest|nyc|c8|vitest|ava|mocha|tap)\./

/** Whether a file configures tests, by its name. */
export function isRunnerConfig(path: string): boolean {
  return CONFIG_FILE.test(path.split('/').at(-1) ?? '')
}

/** The settings of a configuration file that can be read without executing it. */
export async function readSettings(path: string, text: string): Promise<readonly Setting[]> {
  if (text.length > 200_000) return []
  if (/\.[cm]?[jt]s$/.test(path)) return await readJavascript(path, text)
  if (/\.json$|rc$/.test(path) && /^\s*\{/.test(text)) return readJson(path, text)
  return readLines(text)
}

async function readJavascript(path: string, text: string): Promise<Setting[]> {
  const parsed = await parseJavascript(path, text)
  if (parsed === null) return []
  const { ts, file } = parsed
  const settings: Setting[] = []
  const textOf = (node: Typescript.Node): string =>
    ts.isStringLiteralLike(node) ? node.text : condense(node.getText(file))
  const visit = (node: Typescript.Node, names: readonly string[]): void => {
    if (ts.isPropertyAssignment(node)) {
      const name = ts.isComputedPropertyName(node.name) ? node.name.getText(file) : node.name.text
      const inner = [...names, name]
      const value = node.initializer
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
      if (ts.isArrayLiteralExpression(value))
        settings.push({ path: inner.join('.'), values: value.elements.map(textOf), line })
      else if (!ts.isObjectLiteralExpression(value))
        settings.push({ path: inner.join('.'), values: [textOf(value)], line })
      visit(value, inner)
      return
    }
    ts.forEachChild(node, (child) => visit(child, names))
  }
  withinStack(() => visit(file, []))
  return settings
}

function readJson(path: string, text: string): Setting[] {
  const settings: Setting[] = []
  const visit = (value: unknown, names: readonly string[]): void => {
    const name = names.join('.')
    if (Array.isArray(value))
      settings.push({
        path: name,
        values: value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))),
        line: lineOf(text, names),
      })
    else if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) visit(inner, [...names, key])
    else settings.push({ path: name, values: [String(value)], line: lineOf(text, names) })
  }
  try {
    visit(JSON.parse(text), [])
  } catch {
    // what is no JSON, or nested without end, configures nothing; the runner says so when it starts
    return []
  }
  return path.endsWith('package.json') ? settings.filter((setting) => IN_MANIFEST.test(setting.path)) : settings
}

function lineOf(text: string, names: readonly string[]): number {
  const at = text.indexOf(`"${names.at(-1) ?? ''}"`)
  return at < 0 ? 1 : text.slice(0, at).split('\n').length
}

/** INI, TOML, YAML and assignments of Python: `[section]`, `key = value`, `- value` and indented lines that go on. */
function readLines(text: string): Setting[] {
  const settings: Setting[] = []
  let section = ''
  for (const [index, full] of text.split('\n').entries()) {
    const line = full.slice(0, MAX_LINE)
    const heading = /^\s*\[+([^\]]+)\]+\s*$/.exec(line)
    const entry = /^\s*([A-Za-z_][\w.-]*)\s*(?:=(?!=)|:)\s*(.*)$/.exec(line)
    if (heading?.[1] !== undefined) section = heading[1]
    else if (/^\s*([#;]|$)/.test(line)) continue
    else if (entry?.[1] !== undefined) {
      settings.push({
        path: section === '' ? entry[1] : `${section}.${entry[1]}`,
        values: splitValues(entry[2] ?? ''),
        line: index + 1,
      })
    } else {
      const last = settings.at(-1)
      if (last !== undefined && /^[\s\])]/.test(line)) {
        settings[settings.length - 1] = { ...last, values: [...last.values, ...splitValues(line)] }
      }
    }
  }
  return settings
}

function splitValues(text: string): string[] {
  return text
    .split(/\s+#|,|\[|\]|\n/)
    .map((value) =>
      value
        .trim()
        .replace(/^-\s+/, '')
        .replace(/^["']|["']$/g, ''),
    )
    .filter((value) => value !== '')
}
