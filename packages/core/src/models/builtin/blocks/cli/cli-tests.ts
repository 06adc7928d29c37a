import type { Toolchain } from '../../plan/project-plan.ts'
import { fileExtension } from '../../render/source-module.ts'
import { quote } from '../../render/text.ts'
import type { TestDialect } from '../../testing/test-dialect.ts'
import type { TestFile } from '../../testing/test-file.ts'
import type { CliCommand, CommandCase } from './cli-command.ts'

function harness(reads: boolean): string {
  if (!reads) {
    return `
async function call(...args«: string[]») {
  const written = { stdout: '', stderr: '' };
  const code = await run({
    args,
    stdout: { write: (text«: string») => (written.stdout += text) },
    stderr: { write: (text«: string») => (written.stderr += text) },
  });
  return { code, ...written };
}
`
  }
  return `
/** Runs the tool in this process, with files that exist in memory only. */
async function call(files«: Record<string, string>», ...args«: string[]») {
  const written = { stdout: '', stderr: '' };
  const code = await run({
    args,
    readInput: async (path = '-') => {
      const text = files[path];
      if (text === undefined) throw new Error(\`Cannot read \${path}\`);
      return text;
    },
    stdout: { write: (text«: string») => (written.stdout += text) },
    stderr: { write: (text«: string») => (written.stderr += text) },
  });
  return { code, ...written };
}
`
}

function commandBody(
  one: CommandCase,
  prefix: readonly string[],
  reads: boolean,
  { equal, match }: TestDialect,
): string {
  const files = Object.entries(one.files ?? {}).map(
    ([path, text]) => `${quote(path)}: ${quote(text.replaceAll('\r', '\\r')).replaceAll('\\\\r', '\\r')}`,
  )
  const args = [
    ...(reads ? [files.length > 0 ? `{ ${files.join(', ')} }` : '{}'] : []),
    ...[...prefix, ...one.args].map(quote),
  ]
  const stream = one.code === 0 ? 'stdout' : 'stderr'
  return [
    `const { code, ${stream} } = await call(${args.join(', ')});`,
    equal('code', String(one.code)),
    ...(one.output === undefined ? [] : [equal(stream, quote(`${one.output}\n`))]),
    ...(one.matches === undefined ? [] : [match(stream, String(one.matches))]),
  ].join('\n')
}

/** Tests of the commands and of the command line around them, in the process. */
export function cliTests(
  name: string,
  commands: readonly CliCommand[],
  reads: boolean,
  dialect: TestDialect,
): TestFile {
  const single = commands.length === 1
  const files = reads ? ['{}'] : []
  const call = (...args: string[]): string => `call(${[...files, ...args.map(quote)].join(', ')})`
  const [first] = commands
  const prefix = single ? [] : [first?.id ?? '']
  return {
    path: 'test/cli.test',
    kind: 'integration',
    reason: 'Proves every command with its options and errors',
    imports: [
      ...(reads ? [{ from: 'node:stream', names: ['Readable'] }] : []),
      { from: '../src/cli', names: ['main', 'run'] },
    ],
    setup: harness(reads),
    suites: [
      ...commands.map((command) => ({
        title: command.id,
        cases: command.cases.map((one) => ({
          name: `${command.id} ${one.name}`,
          requirement: command.id,
          body: commandBody(one, single ? [] : [command.id], reads, dialect),
        })),
      })),
      {
        title: 'command line',
        cases: [
          {
            name: 'shows its help',
            requirement: 'help',
            body: `const { code, stdout } = await ${call('--help')};\n${dialect.equal('code', '0')}\n${dialect.match('stdout', `/Usage: ${name} /`)}`,
          },
          {
            name: 'refuses unknown options and shows its help',
            requirement: 'help',
            body: `const { code, stderr } = await ${call(...prefix, '--nonsense')};\n${dialect.equal('code', '2')}\n${dialect.match('stderr', '/--nonsense[^]*Usage:/')}`,
          },
          {
            name: 'sets the exit code of its process',
            requirement: 'help',
            body: `
const host = {
  argv: ['node', 'main', ${[...prefix, '--nonsense'].map(quote).join(', ')}],
${reads ? '  stdin: Readable.from([]),\n' : ''}  stdout: { write: (text«: string») => text },
  stderr: { write: (text«: string») => text },
  exitCode: 0,
};
await main(host);
${dialect.equal('host.exitCode', '2')}`,
          },
          {
            name: 'fails when its output cannot be written',
            requirement: 'help',
            body: `
const errors«: string[]» = [];
const stdout = {
  write() {
    throw new Error('disk full');
  },
};
const code = await run({
  args: ['--help'],
${reads ? "  readInput: async () => '',\n" : ''}  stdout,
  stderr: { write: (text) => errors.push(text) },
});
${dialect.equal('code', '1')}
${dialect.equal('errors', "['disk full\\n']")}`,
          },
          ...(single
            ? []
            : [
                {
                  name: 'shows its help without a command',
                  requirement: 'help',
                  body: `const { code, stdout } = await ${call()};\n${dialect.equal('code', '0')}\n${dialect.match('stdout', '/<command>/')}`,
                },
                {
                  name: 'shows its help for a command',
                  requirement: 'help',
                  body: `const { code, stdout } = await ${call(...prefix, '--help')};\n${dialect.equal('code', '0')}\n${dialect.match('stdout', '/Usage:/')}`,
                },
                {
                  name: 'refuses unknown commands',
                  requirement: 'help',
                  body: `const { code, stderr } = await ${call('nonsense')};\n${dialect.equal('code', '2')}\n${dialect.match('stderr', '/no command "nonsense"/')}`,
                },
              ]),
        ],
      },
    ],
  }
}

/** Tests of reading files and the standard input. */
export function inputTests({ equal, rejects }: TestDialect): TestFile {
  return {
    path: 'test/input.test',
    kind: 'unit',
    reason: 'Proves reading, its limit and its errors',
    imports: [
      { from: 'node:fs/promises', names: ['mkdtemp', 'rm', 'writeFile'] },
      { from: 'node:os', names: ['tmpdir'] },
      { from: 'node:path', names: ['join'] },
      { from: 'node:stream', names: ['Readable'] },
      { from: '../src/input', names: ['readInput'] },
    ],
    suites: [
      {
        title: 'readInput',
        cases: [
          {
            name: 'reads a file',
            requirement: 'input',
            body: `
const folder = await mkdtemp(join(tmpdir(), 'input-'));
try {
  const path = join(folder, 'a.txt');
  await writeFile(path, 'grüße');
  ${equal('await readInput(path, Readable.from([]))', "'grüße'")}
} finally {
  await rm(folder, { recursive: true });
}`,
          },
          {
            name: 'reads the standard input without a path',
            requirement: 'input',
            body: `
${equal("await readInput(undefined, Readable.from(['a', 'b']))", "'ab'")}
${equal("await readInput('-', Readable.from(['c']))", "'c'")}`,
          },
          {
            name: 'refuses more than the limit',
            requirement: 'input',
            body: rejects("readInput('-', Readable.from(['abc']), 2)", '/larger than 2 bytes/'),
          },
          {
            name: 'fails for a file that is not there',
            requirement: 'input',
            body: rejects("readInput('no-such-file', Readable.from([]))", '/no-such-file/'),
          },
        ],
      },
    ],
  }
}

/** A test of the tool as a process of its own. */
export function processTests(toolchain: Toolchain, { equal, match }: TestDialect): TestFile {
  return {
    path: 'test/main.test',
    kind: 'e2e',
    reason: 'Proves exit code and output of the real process',
    imports: [{ from: 'node:child_process', names: ['spawnSync'] }],
    suites: [
      {
        title: 'process',
        cases: [
          {
            name: 'prints its help and ends with code 0',
            requirement: 'help',
            body: `
const { status, stdout } = spawnSync(process.execPath, ['src/main.${fileExtension(toolchain)}', '--help'], { encoding: 'utf8' });
${equal('status', '0')}
${match('stdout', '/Usage:/')}`,
          },
          {
            name: 'ends with code 2 when it is called wrongly',
            requirement: 'help',
            body: `
const { status, stderr } = spawnSync(process.execPath, ['src/main.${fileExtension(toolchain)}', '--nonsense'], { encoding: 'utf8' });
${equal('status', '2')}
${match('stderr', '/nonsense/')}`,
          },
        ],
      },
    ],
  }
}
