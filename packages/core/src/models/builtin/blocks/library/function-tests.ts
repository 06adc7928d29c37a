import type { TestDialect } from '../../testing/test-dialect.ts'
import type { TestFile } from '../../testing/test-file.ts'
import type { LibraryFunction } from './library-function.ts'

/** File name of a function, such as `is-prime`. */
export function fileNameOf(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
}

/**
 * Tests of one function.
 * @param from module that exports it, without extension, as seen from the test
 * @param path of the test file, without extension
 */
export function functionTests(
  entry: LibraryFunction,
  dialect: TestDialect,
  { from, path }: { readonly from: string; readonly path: string },
): TestFile {
  return {
    path,
    kind: 'unit',
    reason: `Proves what ${entry.name} does and refuses`,
    imports: [{ from, names: [entry.name] }],
    suites: [
      {
        title: entry.name,
        cases: entry.behaviours.map(({ name, calls = [], refuses = [] }) => ({
          name,
          requirement: entry.name,
          body: [
            ...calls.map(([call, result]) => dialect.equal(call, result)),
            ...refuses.map(([call, errorClass]) => dialect.throws(call, errorClass)),
          ].join('\n'),
        })),
      },
    ],
  }
}
