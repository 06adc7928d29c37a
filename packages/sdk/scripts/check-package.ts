import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { checkDistribution } from './check-distribution.ts'

/**
 * Packs the SDK and looks at the tarball the way its users will: publint, are-the-types-wrong, every compiler and
 * module setting that is promised, and both module systems under Node. Needs `dist`; everything is an error.
 */
const root = join(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'codex-sdk-package-'))

const COMPILERS = ['typescript', 'typescript-oldest']
/** `module`, `moduleResolution` and the consumer's own module systems that they allow. */
const MODULE_SETTINGS = [
  ['node16', 'node16', ['mts', 'cts']],
  ['nodenext', 'nodenext', ['mts', 'cts']],
  ['esnext', 'bundler', ['mts']],
  ['preserve', 'bundler', ['mts', 'cts']],
] as const

try {
  const tarball = pack()
  checkDistribution(root)
  // publint and attw read the manifest as packed, where `exports` are the published ones
  run('publint --strict', process.execPath, [toolPath('publint', 'src/cli.js'), tarball, '--strict'])
  run('are the types wrong', process.execPath, [
    toolPath('@arethetypeswrong/cli', 'dist/index.js'),
    tarball,
    '--profile',
    'node16',
  ])
  const consumer = installConsumer(tarball)
  for (const compiler of COMPILERS) compileConsumer(consumer, compiler)
  for (const node of [process.execPath, systemNode()]) {
    if (node !== undefined) run(`import and require under ${version(node)}`, node, ['runs-sdk.mjs'], consumer)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function pack(): string {
  run('pack', 'npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', scratch])
  const name = readdirSync(scratch).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new Error('pnpm pack left no tarball')
  return join(scratch, name)
}

/** A project outside the workspace with nothing but the tarball in it; packages come from pnpm's store where it has them. */
function installConsumer(tarball: string): string {
  const consumer = join(scratch, 'consumer')
  cpSync(join(root, 'scripts/consumer'), consumer, { recursive: true })
  const source = readFileSync(join(consumer, 'uses-sdk.mts'), 'utf8')
  writeFileSync(join(consumer, 'uses-sdk.cts'), source)
  const manifest = { name: 'consumer', private: true, dependencies: { '@codex/sdk': `file:${tarball}` } }
  writeFileSync(join(consumer, 'package.json'), JSON.stringify(manifest))
  run(
    'install',
    'npx',
    ['-y', 'pnpm@12', 'install', '--prefer-offline', '--ignore-workspace', '--ignore-scripts'],
    consumer,
  )
  return consumer
}

function compileConsumer(consumer: string, compiler: string): void {
  const tsc = toolPath(compiler, 'bin/tsc')
  for (const [module, moduleResolution, extensions] of MODULE_SETTINGS) {
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    }
    const files = extensions.map((extension) => `uses-sdk.${extension}`)
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    run(
      `${compiler} ${module}/${moduleResolution} ${extensions.join('+')}`,
      process.execPath,
      [tsc, '-p', '.'],
      consumer,
    )
  }
}

/** The machine's own Node, where another one is pinned for the workspace. */
function systemNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return folders.map((folder) => join(folder, 'node')).find((path) => version(path) !== undefined)
}

function version(node: string): string | undefined {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    // no Node at that place
    return undefined
  }
}

function toolPath(name: string, entry: string): string {
  return join(root, 'node_modules', name, entry)
}

/** @throws Error with the whole output of a command that failed */
function run(label: string, command: string, argv: readonly string[], cwd = root): void {
  const startedAt = performance.now()
  try {
    execFileSync(command, argv, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string } // what execFileSync throws
    throw new Error(`${label} failed:\n${stdout}${stderr}`)
  }
  process.stdout.write(`ok  ${label} (${Math.round(performance.now() - startedAt)} ms)\n`)
}
