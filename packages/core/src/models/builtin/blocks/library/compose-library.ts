import { cannotServe } from '../../cannot-serve.ts'
import type { LibraryPlan, ProjectPlan } from '../../plan/project-plan.ts'
import type { ComposedFile, ComposedProject, PlannedRequirement } from '../../render/composed-project.ts'
import { fileExtension, renderModule, type SourceModule } from '../../render/source-module.ts'
import { testDialect } from '../../testing/test-dialect.ts'
import { renderTestFile } from '../../testing/test-file.ts'
import { findFunction } from './catalogue.ts'
import { fileNameOf, functionTests } from './function-tests.ts'
import { SPLIT_WORDS } from './letter-case.ts'
import type { LibraryFunction } from './library-function.ts'

function requirement(entry: LibraryFunction): PlannedRequirement {
  const example = entry.behaviours.flatMap((one) => one.calls ?? [])[0]
  const refusal = entry.behaviours.flatMap((one) => one.refuses ?? [])[0]
  return {
    key: entry.name,
    text: `${entry.name}: ${entry.does.charAt(0).toLowerCase()}${entry.does.slice(1)}.`,
    priority: 'must',
    story: { asA: 'a developer', iWant: `a function ${entry.name}`, soThat: 'I need not write and test it again' },
    criteria: [
      ...(example === undefined
        ? []
        : [{ given: 'the library', when: `${example[0]} is called`, outcome: `the result is ${example[1]}` }]),
      ...(refusal === undefined
        ? []
        : [{ given: 'the library', when: `${refusal[0]} is called`, outcome: `it throws a ${refusal[1]}` }]),
    ],
  }
}

/** Composes a library of functions, one file a function. */
export function composeLibrary(plan: ProjectPlan, library: LibraryPlan): ComposedProject {
  const { toolchain } = plan
  const extension = fileExtension(toolchain)
  const dialect = testDialect(toolchain)
  const entries = library.functions.map((name) => {
    const entry = findFunction(name)
    if (entry === undefined) throw cannotServe(`There is no function "${name}" in the catalogue.`)
    return entry
  })
  const source = (path: string, module: SourceModule, reason: string, keys: readonly string[]): ComposedFile => ({
    path: `src/${path}.${extension}`,
    content: renderModule(toolchain, module),
    reason,
    requirements: keys,
  })
  const sharing = entries.filter((entry) => entry.usesWords === true)
  const sources = [
    source(
      'index',
      { body: entries.map(({ name }) => `export { ${name} } from './${fileNameOf(name)}.${extension}';`).join('\n') },
      'What the library exports',
      entries.map((entry) => entry.name),
    ),
    ...entries.map((entry) => {
      const imports = entry.usesWords === true ? [{ from: './split-words', names: ['splitWords'] }] : []
      return source(fileNameOf(entry.name), { imports, body: entry.source }, entry.does, [entry.name])
    }),
    ...(sharing.length > 0
      ? [
          source(
            'split-words',
            { body: SPLIT_WORDS },
            'Words of a text',
            sharing.map((entry) => entry.name),
          ),
        ]
      : []),
  ]
  const tests = entries.map((entry) => {
    const place = { from: '../src/index', path: `test/${fileNameOf(entry.name)}.test` }
    return renderTestFile(toolchain, functionTests(entry, dialect, place))
  })
  const [first] = entries
  const example = first?.behaviours.flatMap((one) => one.calls ?? [])[0]?.[0] ?? ''
  const shown =
    toolchain.moduleFormat === 'esm'
      ? `import { ${first?.name} } from './src/index.${extension}';`
      : `const { ${first?.name} } = require('./src/index.${extension}');`
  return {
    requirements: entries.map(requirement),
    sources,
    tests: tests.map((test) => test.file),
    testCases: tests.flatMap((test) => test.cases),
    dependencies: [],
    scripts: {},
    manifest: { exports: `./src/index.${extension}` },
    usage: [
      '## Use',
      `\`\`\`${extension}\n${shown}\n\n${example};\n\`\`\``,
      '## Functions',
      entries
        .map((entry) => `- \`${entry.name}\`: ${entry.does.charAt(0).toLowerCase()}${entry.does.slice(1)}`)
        .join('\n'),
    ].join('\n\n'),
  }
}
