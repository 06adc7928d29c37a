import { cannotServe } from '../../cannot-serve.ts'
import type { CliPlan, ProjectPlan } from '../../plan/project-plan.ts'
import type { ComposedFile, ComposedProject, PlannedRequirement } from '../../render/composed-project.ts'
import { fileExtension, renderModule, type SourceModule } from '../../render/source-module.ts'
import { testDialect } from '../../testing/test-dialect.ts'
import { renderTestFile } from '../../testing/test-file.ts'
import { findCommand } from './catalogue.ts'
import type { CliCommand } from './cli-command.ts'
import {
  cliMainModule,
  cliModule,
  commandModule,
  inputModule,
  usageErrorModule,
  usesUsageErrors,
} from './cli-modules.ts'
import { cliTests, inputTests, processTests } from './cli-tests.ts'

function requirements(name: string, commands: readonly CliCommand[], reads: boolean): PlannedRequirement[] {
  const single = commands.length === 1
  const line = (command: CliCommand): string => `${name} ${single ? '' : `${command.id} `}${command.usage}`
  return [
    ...commands.map(
      (command): PlannedRequirement => ({
        key: command.id,
        text: `\`${line(command)}\`: ${command.does.charAt(0).toLowerCase()}${command.does.slice(1)}.`,
        priority: 'must',
        story: {
          asA: 'a user of the terminal',
          iWant: `a command that ${command.does.charAt(0).toLowerCase()}${command.does.slice(1)}`,
          soThat: 'I need no other program for it',
        },
        criteria: command.cases.map((one) => ({
          given: one.files === undefined ? 'a terminal' : 'a file or the standard input',
          when: `${name} is called with ${[...(single ? [] : [command.id]), ...one.args].join(' ') || 'no arguments'}`,
          outcome: `it ${one.name}; the exit code is ${one.code}`,
        })),
      }),
    ),
    ...(reads
      ? [
          {
            key: 'input',
            text: 'Input comes from the file that is named, or from the standard input without one; more than 64 MiB are refused.',
            priority: 'must' as const,
            criteria: [{ given: 'no file name', when: 'the tool runs', outcome: 'it reads the standard input' }],
          },
        ]
      : []),
    {
      key: 'help',
      text: '--help shows how to call it; the exit code is 0 when it worked, 1 when it failed and 2 when it was called wrongly.',
      priority: 'must',
      criteria: [
        { given: 'an unknown option', when: 'the tool runs', outcome: 'it shows its help and ends with code 2' },
      ],
    },
  ]
}

/** Composes a command-line tool: one command, or several by name. */
export function composeCli(plan: ProjectPlan, cli: CliPlan): ComposedProject {
  const { toolchain, name } = plan
  const extension = fileExtension(toolchain)
  const typed = toolchain.language === 'typescript'
  const dialect = testDialect(toolchain)
  const commands = cli.commands.map((id) => {
    const command = findCommand(id)
    if (command === undefined) throw cannotServe(`There is no command "${id}" in the catalogue.`)
    return command
  })
  const reads = commands.some((command) => command.readsInput)
  const source = (path: string, module: SourceModule, reason: string, keys: readonly string[]): ComposedFile => ({
    path: `src/${path}.${extension}`,
    content: renderModule(toolchain, module),
    reason,
    requirements: keys,
  })
  const sources = [
    source('main', cliMainModule, 'Entry point', ['help']),
    source('cli', cliModule(toolchain, name, commands, reads), 'Chooses the command and turns errors into exit codes', [
      'help',
    ]),
    ...commands.map((command) =>
      source(`commands/${command.id}`, { imports: command.imports, body: command.source }, command.does, [command.id]),
    ),
    ...(usesUsageErrors(commands) ? [source('usage-error', usageErrorModule, 'Error of a wrong call', ['help'])] : []),
    ...(reads ? [source('input', inputModule, 'Reads files and the standard input up to a limit', ['input'])] : []),
    ...(typed ? [source('command', commandModule(reads), 'Type of a command', [])] : []),
  ]
  const tests = [
    cliTests(name, commands, reads, dialect),
    ...(reads ? [inputTests(dialect)] : []),
    processTests(toolchain, dialect),
  ].map((file) => renderTestFile(toolchain, file))
  const single = commands.length === 1
  const lines = commands.map(
    (command) => `node src/main.${extension} ${single ? '' : `${command.id} `}${command.usage}`,
  )
  return {
    requirements: requirements(name, commands, reads),
    sources,
    tests: tests.map((test) => test.file),
    testCases: tests.flatMap((test) => test.cases),
    dependencies: [],
    scripts: { start: `node src/main.${extension}` },
    manifest: { bin: { [name]: `./src/main.${extension}` } },
    usage: [
      '## Use',
      `\`\`\`sh\n${lines.join('\n')}\n\`\`\``,
      ...commands.map(
        (command) => `- \`${command.id}\`: ${command.does.charAt(0).toLowerCase()}${command.does.slice(1)}`,
      ),
      'The exit code is 0 when it worked, 1 when it failed and 2 when it was called wrongly.',
    ].join('\n\n'),
  }
}
