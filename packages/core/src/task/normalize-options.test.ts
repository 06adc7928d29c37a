import { CodexError, type RequestOptions } from '@codex/protocol'
import { describe, expect, test } from 'vitest'
import { normalizeOptions, OPTION_DEFAULTS } from './normalize-options.ts'
import { toTaskOptions } from './task-options.ts'

type Row = readonly [given: Record<string, unknown>, expected: Record<string, unknown>]

const ACCEPTED: readonly Row[] = [
  [{ projectType: ' rest-api ' }, { projectType: 'rest-api' }],
  [{ projectType: '   ' }, {}],
  [
    { existingRequirements: 'Users log in\nUsers log out, and stay out' },
    { existingRequirements: ['Users log in', 'Users log out, and stay out'] },
  ],
  [
    { existingRequirements: '- one\n* two\n3. three\n4) four' },
    { existingRequirements: ['one', 'two', 'three', 'four'] },
  ],
  [{ existingRequirements: ['one', ' two ', ''] }, { existingRequirements: ['one', 'two'] }],
  [{ existingRequirements: ['same', 'same'] }, { existingRequirements: ['same'] }],
  [{ existingRequirements: [] }, {}],
  [{ existingFiles: 'src/a.ts, ./src/b.ts' }, { existingFiles: [{ path: 'src/a.ts' }, { path: 'src/b.ts' }] }],
  [{ existingFiles: 'a.ts\nb.ts' }, { existingFiles: [{ path: 'a.ts' }, { path: 'b.ts' }] }],
  [{ existingFiles: ['a.ts', 'a.ts'] }, { existingFiles: [{ path: 'a.ts' }] }],
  [
    { existingFiles: [{ path: 'a.ts', content: 'x' }, 'b.ts'] },
    { existingFiles: [{ path: 'a.ts', content: 'x' }, { path: 'b.ts' }] },
  ],
  [
    { existingFiles: { 'src\\a.ts': 'x', 'b.ts': '' } },
    {
      existingFiles: [
        { path: 'src/a.ts', content: 'x' },
        { path: 'b.ts', content: '' },
      ],
    },
  ],
  [{ existingFiles: ['a.ts', { path: './a.ts', content: 'x' }] }, { existingFiles: [{ path: 'a.ts', content: 'x' }] }],
  [{ existingFiles: [{ path: 'a.ts', content: 'x' }, 'a.ts'] }, { existingFiles: [{ path: 'a.ts', content: 'x' }] }],
  [{ existingFiles: '' }, {}],
  [{ targetFiles: 'src/a.ts,src/lib/' }, { targetFiles: ['src/a.ts', 'src/lib/'] }],
  [{ targetFiles: ['src/**/*.ts'] }, { targetFiles: ['src/**/*.ts'] }],
  [{ targetFiles: ['./src//a.ts'] }, { targetFiles: ['src/a.ts'] }],
  [{ testFramework: 'jest' }, { testFramework: 'jest' }],
  [{ testFramework: ' node:test ' }, { testFramework: 'node:test' }],
  [{ coverageGoals: '80%' }, { coverageGoals: { lines: 80 } }],
  [{ coverageGoals: 80 }, { coverageGoals: { lines: 80 } }],
  [{ coverageGoals: '72.5' }, { coverageGoals: { lines: 72.5 } }],
  [{ coverageGoals: 0 }, { coverageGoals: { lines: 0 } }],
  [{ coverageGoals: '100 %' }, { coverageGoals: { lines: 100 } }],
  [{ coverageGoals: { lines: 80, branches: '70%' } }, { coverageGoals: { lines: 80, branches: 70 } }],
  [
    { coverageGoals: { Line: '80', BRANCH: 60, function: 50, statements: 40 } },
    { coverageGoals: { lines: 80, branches: 60, functions: 50, statements: 40 } },
  ],
  [{ coverageGoals: 'lines: 80, branches=70%' }, { coverageGoals: { lines: 80, branches: 70 } }],
  [{ reviewFocus: 'security,performance' }, { reviewFocus: ['security', 'performance'] }],
  [{ reviewFocus: 'security; performance\nstyle' }, { reviewFocus: ['security', 'performance', 'style'] }],
  [{ reviewFocus: ['security', ' performance '] }, { reviewFocus: ['security', 'performance'] }],
  [{ logs: 'first\r\nsecond\n' }, { logs: ['first', 'second'] }],
  [{ logs: ['Error: x\n    at a.js:1', 'again', 'again'] }, { logs: ['Error: x', '    at a.js:1', 'again', 'again'] }],
  [{ logs: '\n\n' }, {}],
  [{ codebaseFiles: { 'a.js': '1' } }, { codebaseFiles: [{ path: 'a.js', content: '1' }] }],
  [{ debugFocus: 'memory, timers' }, { debugFocus: ['memory', 'timers'] }],
  [{ model: 'openai:gpt-9' }, { model: 'openai:gpt-9' }],
  [{ models: { Code: ' anthropic:x ', spec: 'google:y' } }, { models: { Code: 'anthropic:x', spec: 'google:y' } }],
  [{ models: {} }, {}],
  [{ maxFixRounds: 0 }, { maxFixRounds: 0 }],
  [{ maxFixRounds: ' 10 ' }, { maxFixRounds: 10 }],
  [{ maxFixRounds: '2.0' }, { maxFixRounds: 2 }],
  [{ severityThreshold: 'critical' }, { severityThreshold: 'critical' }],
  [{ severityThreshold: 'HIGH' }, { severityThreshold: 'high' }],
  [{ timeoutS: '90' }, { timeoutS: 90 }],
  [{ timeoutS: 604_800 }, { timeoutS: 604_800 }],
  [
    { stepTimeoutS: '60', callTimeoutS: 30, stallTimeoutS: 0 },
    { stepTimeoutS: 60, callTimeoutS: 30, stallTimeoutS: 0 },
  ],
  [{ verify: 'false' }, { verify: { enabled: false } }],
  [{ verify: true }, { verify: { enabled: true } }],
  [{ verify: {} }, { verify: { enabled: true } }],
  [{ verify: { enabled: 'false' } }, { verify: { enabled: false } }],
  [
    { verify: { commands: 'npm run lint\n\n npx tsc ' } },
    { verify: { enabled: true, commands: ['npm run lint', 'npx tsc'] } },
  ],
  [{ verify: { commands: ['make check'] } }, { verify: { enabled: true, commands: ['make check'] } }],
  [{ integrity: 'Report' }, { integrity: 'report' }],
  [
    { mutants: '10', maxMutantsSurviving: 0 },
    { mutants: 10, maxMutantsSurviving: 0 },
  ],
  [
    { analyzers: 'deep', reviewScope: 'all' },
    { analyzers: 'deep', reviewScope: 'all' },
  ],
  [{ cache: 'TRUE' }, { cache: true }],
  [{ candidates: '3' }, { candidates: 3 }],
  [{ projectType: undefined, maxFixRounds: null }, {}],
]

const REFUSED: readonly (readonly [given: Record<string, unknown>, path: string, message: RegExp])[] = [
  [{ maxFixRounds: 11 }, 'options.maxFixRounds', /^maxFixRounds must be a whole number from 0 to 10, not 11$/],
  [{ maxFixRounds: -1 }, 'options.maxFixRounds', /from 0 to 10/],
  [{ maxFixRounds: 'two' }, 'options.maxFixRounds', /not "two"/],
  [{ maxFixRounds: 1.5 }, 'options.maxFixRounds', /whole number/],
  [{ timeoutS: 0 }, 'options.timeoutS', /from 1 to 604800/],
  [{ stepTimeoutS: 0 }, 'options.stepTimeoutS', /from 1 to 604800/],
  [{ callTimeoutS: 'soon' }, 'options.callTimeoutS', /whole number/],
  [{ stallTimeoutS: -1 }, 'options.stallTimeoutS', /from 0 to 604800/],
  [{ timeoutS: '10m' }, 'options.timeoutS', /whole number/],
  [{ timeoutS: Number.NaN }, 'options.timeoutS', /whole number/],
  [{ candidates: 9 }, 'options.candidates', /from 1 to 8/],
  [{ verify: 'yes' }, 'options.verify', /true or false, not "yes"/],
  [{ verify: { commands: 7 } }, 'options.verify', /"commands" must be a shell command/],
  [{ verify: { commands: ['a', 7] } }, 'options.verify', /"commands" must be a shell command/],
  [
    { verify: { commands: Array.from({ length: 33 }, (_, n) => `c${n}`) } },
    'options.verify',
    /at most 32 commands, not 33/,
  ],
  [{ verify: { enabled: false, commands: ['a'] } }, 'options.verify', /has commands but is not enabled/],
  [{ verify: { enabled: 'maybe' } }, 'options.verify', /"enabled" must be true or false/],
  [{ verify: { tests: true } }, 'options.verify', /knows "enabled" and "commands", not "tests"/],
  [{ integrity: 'sometimes' }, 'options.integrity', /one of enforce, report, off/],
  [{ mutants: 51 }, 'options.mutants', /whole number from 0 to 50/],
  [{ analyzers: true }, 'options.analyzers', /one of fast, deep, off/],
  [{ cache: 1 }, 'options.cache', /true or false/],
  [{ severityThreshold: 'fatal' }, 'options.severityThreshold', /info, low, medium, high, critical/],
  [{ coverageGoals: '120%' }, 'options.coverageGoals', /percentage from 0 to 100/],
  [{ coverageGoals: -1 }, 'options.coverageGoals', /percentage from 0 to 100/],
  [{ coverageGoals: 'much' }, 'options.coverageGoals', /such as "80%"/],
  [{ coverageGoals: '' }, 'options.coverageGoals', /percentage/],
  [{ coverageGoals: { lanes: 80 } }, 'options.coverageGoals', /no kind "lanes"; use lines, branches/],
  [{ coverageGoals: { lines: 'x' } }, 'options.coverageGoals', /for lines/],
  [{ coverageGoals: {} }, 'options.coverageGoals', /leave it out/],
  [{ coverageGoals: [80] }, 'options.coverageGoals', /percentage/],
  [{ existingFiles: ['/etc/passwd'] }, 'options.existingFiles', /absolute; give it relative/],
  [{ existingFiles: ['C:\\x'] }, 'options.existingFiles', /absolute/],
  [{ existingFiles: { '../x': '' } }, 'options.existingFiles', /leaves the repository/],
  [{ existingFiles: ['.git/config'] }, 'options.existingFiles', /git's own folder/],
  [{ existingFiles: ['a\0b'] }, 'options.existingFiles', /NUL/],
  [{ existingFiles: 7 }, 'options.existingFiles', /must be a path/],
  [{ existingFiles: { a: 1 } }, 'options.existingFiles', /content of "a" must be a string/],
  [
    {
      existingFiles: [
        { path: 'a', content: '1' },
        { path: 'a', content: '2' },
      ],
    },
    'options.existingFiles',
    /twice with different contents/,
  ],
  [{ existingFiles: [3] }, 'options.existingFiles', /paths or \{path, content\}/],
  [{ targetFiles: '../../x' }, 'options.targetFiles', /leaves the repository/],
  [{ targetFiles: [1] }, 'options.targetFiles', /list of strings, not 1/],
  [{ logs: { a: 1 } }, 'options.logs', /string or a list of strings/],
  [{ reviewFocus: true }, 'options.reviewFocus', /string or a list of strings/],
  [{ projectType: 3 }, 'options.projectType', /must be a string, not 3/],
  [{ models: 'x' }, 'options.models', /object of strings/],
  [{ models: { Code: 3 } }, 'options.models', /string for "Code"/],
]

describe('normalizeOptions', () => {
  test.each(ACCEPTED)('reads %j', (given, expected) => {
    // The table goes beyond what the protocol's schema lets through.
    const { options, warnings } = normalizeOptions(given as RequestOptions)
    expect(options).toEqual({ ...expected, other: {} })
    expect(warnings).toEqual([])
  })

  test.each(REFUSED)('refuses %j', (given, path, message) => {
    const error = catchError(() => normalizeOptions(given as RequestOptions))
    expect(error.code).toBe('INVALID_REQUEST')
    expect(error.issues?.[0]?.path).toBe(path)
    expect(error.issues?.[0]?.message).toMatch(message)
  })

  test('names every problem at once', () => {
    const given: RequestOptions = {
      maxFixRounds: 99,
      coverageGoals: { lanes: 1, lines: 'x' },
      existingFiles: ['/a', '../b'],
    }
    const error = catchError(() => normalizeOptions(given))
    expect(error.issues?.map((issue) => issue.path)).toEqual([
      'options.maxFixRounds',
      'options.coverageGoals',
      'options.coverageGoals',
      'options.existingFiles',
      'options.existingFiles',
    ])
  })

  test('keeps unknown options and warns about each', () => {
    const { options, warnings } = normalizeOptions(
      { colour: 'blue', depth: { max: 3 }, mine: 1 },
      { alsoKnown: ['mine'] },
    )
    expect(options.other).toEqual({ colour: 'blue', depth: { max: 3 }, mine: 1 })
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('"colour"')
  })

  test('takes the test framework through a given parser', () => {
    const settings = {
      parseTestFramework: (name: string) => (name === 'node' ? 'node:test' : null),
      testFrameworks: ['node:test'],
    }
    expect(normalizeOptions({ testFramework: 'node' }, settings).options.testFramework).toBe('node:test')
    const error = catchError(() => normalizeOptions({ testFramework: 'tape' }, settings))
    expect(error.issues).toEqual([
      {
        path: 'options.testFramework',
        message: 'testFramework "tape" is not supported; use one of node:test, or leave it out',
      },
    ])
  })

  test('answers nothing for no options', () => {
    expect(normalizeOptions(undefined)).toEqual({ options: { other: {} }, warnings: [] })
    expect(OPTION_DEFAULTS.maxFixRounds).toBe(2)
  })

  test('a prototype name is an unknown option like any other', () => {
    const { options, warnings } = normalizeOptions(JSON.parse('{"constructor": "x", "__proto__": "y"}'))
    expect(Object.keys(options.other)).toContain('constructor')
    expect(warnings.length).toBeGreaterThan(0)
  })
})

test('task options hold what concerns agents, files by path only', () => {
  const { options } = normalizeOptions({
    existingFiles: { 'a.ts': 'secret content' },
    maxFixRounds: 3,
    model: 'x:y',
    coverageGoals: '80%',
    colour: 'blue',
  })
  expect(toTaskOptions(options)).toEqual({ colour: 'blue', coverageGoals: { lines: 80 }, existingFiles: ['a.ts'] })
})

function catchError(act: () => unknown): CodexError {
  try {
    act()
  } catch (error) {
    if (CodexError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
