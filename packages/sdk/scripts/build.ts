import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { checkDistribution } from './check-distribution.ts'
import { generateWireTypes } from './generate-wire-types.ts'

const root = join(import.meta.dirname, '..')
const stage = join(root, '.types')

rmSync(stage, { recursive: true, force: true })
mkdirSync(stage)
const wireTypes = generateWireTypes()
writeFileSync(join(stage, 'wire-types.d.ts'), wireTypes.declarations)
writeFileSync(join(stage, 'check.ts'), wireTypes.check)
writeFileSync(join(stage, 'no-router.d.ts'), 'export type AppRouter = never\n')

emitDeclarations()
compile('the generated wire types differ from the protocol', [join(stage, 'check.ts')], {})
execFileSync(process.execPath, [join(root, 'node_modules/tsup/dist/cli-default.js')], { cwd: root, stdio: 'inherit' })
rmSync(stage, { recursive: true, force: true })
checkDistribution(root)

/** Emits the declarations of the public modules; the router behind them must not matter, so it is not even read. */
function emitDeclarations(): void {
  const options = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rewriteRelativeImportExtensions: true,
    rootDir: join(root, '..'),
    outDir: stage,
    paths: { '@codex/api': [join(stage, 'no-router.d.ts')] },
  }
  compile('the declarations cannot be written', [join(root, 'src/index.ts')], options)
  // the class that comes along as code keeps its own declaration; the table behind it shrinks to the names of the codes
  compile('the declarations cannot be written', [join(root, '../protocol/src/errors/codex-error.ts')], options)
  const table = join(stage, 'protocol/src/errors/error-table.d.ts')
  if (!existsSync(table)) throw new Error('the error table has moved; point scripts/build.ts at it')
  writeFileSync(table, "export type { ErrorCode } from '../../../wire-types';\n")
}

function compile(problem: string, files: readonly string[], overrides: ts.CompilerOptions): void {
  const base = ts.readConfigFile(join(root, '../../tooling/tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(base.config, ts.sys, root)
  const program = ts.createProgram(files, { ...options, ...overrides })
  const isEmitting = overrides.declaration === true
  const diagnostics = isEmitting ? program.emit().diagnostics : ts.getPreEmitDiagnostics(program)
  if (diagnostics.length === 0) return
  const host = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }
  throw new Error(`${problem}:\n${ts.formatDiagnostics(diagnostics, host)}`)
}
