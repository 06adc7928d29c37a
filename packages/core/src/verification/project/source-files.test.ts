import { expect, test } from 'vitest'
import { nodeTestRunner } from '../runners/node-test.ts'
import { pytestRunner } from '../runners/pytest.ts'
import { looksLikeTest, type Project } from './read-project.ts'
import { sourceFiles } from './source-files.ts'

const project = (...files: string[]): Project => ({
  files,
  manifest: null,
  testSources: new Map(files.filter(looksLikeTest).map((path) => [path, ''])),
})

test('counts source and leaves out tests, settings and generated files', () => {
  const source = ['src/app.ts', 'lib/test-utilities/format.js', 'src/latest.js', 'server.mjs']
  const others = [
    ...['src/app.test.ts', 'test/helper.js', 'src/__tests__/a.jsx', 'spec/a.js', 'jest.config.js', 'src/types.d.ts'],
    ...[
      'dist/app.js',
      '.eslintrc.js',
      'coverage/lcov.js',
      'src/__mocks__/fs.js',
      'vite.config.ts',
      'README.md',
      'a.py',
    ],
  ]
  expect(sourceFiles(project(...source, ...others), nodeTestRunner)).toEqual(source)
})

test('counts the source of its own language', () => {
  const files = ['calc.py', 'tests/test_calc.py', 'conftest.py', 'setup.py', 'app.js']
  expect(sourceFiles(project(...files), pytestRunner)).toEqual(['calc.py'])
})
