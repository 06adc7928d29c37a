import { camelCase } from '../../intent/nouns.ts'
import type { Toolchain } from '../../plan/project-plan.ts'
import type { SourceModule } from '../../render/source-module.ts'
import type { CliCommand } from './cli-command.ts'

/** `src/command`: what a command is; types only, so TypeScript only. */
export function commandModule(reads: boolean): SourceModule {
  const readInput = reads
    ? `
  /** Reads a file, or the standard input when no path or "-" is given. */
  readInput: (path: string | undefined) => Promise<string>;`
    : ''
  return {
    body: `
/** What a command gets. */
export interface CommandCall {
  positionals: string[];
  values: Record<string, string | boolean | undefined>;${readInput}
}

export interface Command {
  name: string;
  /** Arguments, for the help. */
  usage: string;
  summary: string;
  options: Record<string, { type: 'string'; default?: string } | { type: 'boolean' }>;
  run: (call: CommandCall) => string | Promise<string>;
}
`,
  }
}

export const usageErrorModule: SourceModule = {
  body: `
/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  constructor(message«: string») {
    super(message);
    this.name = 'UsageError';
  }
}
`,
}

/** `src/input`: files and standard input up to a limit. */
export const inputModule: SourceModule = {
  imports: [{ from: 'node:fs', names: ['createReadStream'] }],
  body: `
const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/**
 * Reads a text file, or the standard input when no path or "-" is given.
 * @throws Error when the file cannot be read or is larger than the limit
 */
export async function readInput(
  path«: string | undefined»,
  stdin«: AsyncIterable<Buffer | string>»,
  maxBytes = MAX_INPUT_BYTES,
)«: Promise<string>» {
  const chunks«: Buffer[]» = [];
  let size = 0;
  for await (const part of path === undefined || path === '-' ? stdin : createReadStream(path)) {
    const chunk = Buffer.from(part);
    size += chunk.length;
    if (size > maxBytes) throw new Error(\`The input is larger than \${maxBytes} bytes.\`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
`,
}

export const cliMainModule: SourceModule = {
  firstLine: '#!/usr/bin/env node',
  imports: [{ from: './cli', names: ['main'] }],
  body: 'main(process);',
}

/** Import name of a command's module. */
function commandName(command: CliCommand): string {
  return `${camelCase([command.id])}Command`
}

/** Whether anything of the tool complains about its arguments itself. */
export function usesUsageErrors(commands: readonly CliCommand[]): boolean {
  return commands.length > 1 || commands.some((command) => command.source.includes('UsageError'))
}

/** `src/cli`: chooses the command, parses its options, and turns errors into exit codes. */
export function cliModule(
  toolchain: Toolchain,
  name: string,
  commands: readonly CliCommand[],
  reads: boolean,
): SourceModule {
  const single = commands.length === 1
  const usageErrors = usesUsageErrors(commands)
  const renamed = (command: CliCommand): string =>
    toolchain.moduleFormat === 'commonjs' && toolchain.language === 'javascript'
      ? `command: ${commandName(command)}`
      : `command as ${commandName(command)}`
  const list = commands.map(commandName)
  const input = reads ? ', readInput' : ''
  const command = single ? (list[0] ?? '') : 'command'
  const choose = single
    ? ''
    : `  const [first, ...rest] = args;
  if (first === undefined || first === '--help') return help();
  const command = commands.find((one) => one.name === first);
  if (command === undefined) throw new UsageError(\`There is no command "\${first}".\`);
`
  const help = single
    ? `function help()«: string» {
  return \`\${${list[0]}.summary}.\\n\\nUsage: ${name} \${${list[0]}.usage}\`;
}`
    : `function help()«: string» {
  const lines = commands.map((one) => \`  \${one.name} \${one.usage}\\n      \${one.summary}\`);
  return \`Usage: ${name} <command>\\n\\n\${lines.join('\\n')}\`;
}`
  return {
    imports: [
      { from: 'node:util', names: ['parseArgs'] },
      ...(single ? [] : [{ from: './command', types: ['Command'] }]),
      ...commands.map((command) => ({ from: `./commands/${command.id}`, names: [renamed(command)] })),
      ...(reads ? [{ from: './input', names: ['readInput'] }] : []),
      ...(usageErrors ? [{ from: './usage-error', names: ['UsageError'] }] : []),
    ],
    body: `
${single ? '' : `const commands«: Command[]» = [${list.join(', ')}];\n`}
«export interface Terminal {
  args: string[];
${reads ? '  readInput: (path: string | undefined) => Promise<string>;\n' : ''}  stdout: { write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown };
}»

«/** The part of \`process\` that \`main\` uses. */
export interface Host {
  argv: string[];
${reads ? '  stdin: AsyncIterable<Buffer | string>;\n' : ''}  stdout: Terminal['stdout'];
  stderr: Terminal['stderr'];
  exitCode?: number | string | null | undefined;
}»

/** Runs the tool as a process. */
export async function main(host«: Host»)«: Promise<void>» {
  host.exitCode = await run({
    args: host.argv.slice(2),
${reads ? '    readInput: (path) => readInput(path, host.stdin),\n' : ''}    stdout: host.stdout,
    stderr: host.stderr,
  });
}

/** Runs the command line and returns the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function run({ args${input}, stdout, stderr }«: Terminal»)«: Promise<number>» {
  try {
    stdout.write(\`\${await execute(args${input})}\\n\`);
    return 0;
  } catch (error) {
    const { message } = error« as Error»;
    if (!isUsageError(error)) {
      stderr.write(\`\${message}\\n\`);
      return 1;
    }
    stderr.write(\`\${message}\\n\\n\${help()}\\n\`);
    return 2;
  }
}

async function execute(args«: string[]»${reads ? ", readInput«: Terminal['readInput']»" : ''})«: Promise<string>» {
${choose}  const options = { ...${command}.options, help: { type: 'boolean'« as const» } };
  const { positionals, values } = parseArgs({ args${single ? '' : ': rest'}, options, allowPositionals: true });
  if (values.help === true) return help();
  return ${command}.run({ positionals, values${reads ? ', readInput' : ''} });
}

/** Node's own errors about options count as wrong calls, too. */
function isUsageError(error«: unknown»)«: boolean» {
  const { code } = error« as { code?: unknown }»;
  return ${usageErrors ? 'error instanceof UsageError || ' : ''}String(code).startsWith('ERR_PARSE_ARGS');
}

${help}
`,
  }
}
