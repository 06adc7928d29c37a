import { type BadRequest, badFields, badOption } from './bad-request.ts'

const PERCENTAGE = 'a percentage from 0 to 100'

/** Options of `POST /api/orchestrate` with values that make no sense. */
export const BAD_OPTIONS: readonly BadRequest[] = [
  badFields({ options: [] }, 'expected object'),
  badOption('coverage_goals', 'lots', PERCENTAGE),
  badOption('coverage_goals', 101, PERCENTAGE),
  badOption('coverage_goals', [80], 'expected number or string or object'),
  badOption('coverage_goals', { loops: 80 }, 'use lines, branches, functions, statements'),
  badOption('max_fix_rounds', 11, 'from 0 to 10, not 11'),
  badOption('max_fix_rounds', 'many', 'from 0 to 10, not "many"'),
  badOption('max_fix_rounds', 1.5, 'whole number'),
  badOption('severity_threshold', 'fatal', '"critical"'),
  badOption('timeout_s', 0, 'from 1 to 604800'),
  badOption('timeout_s', 'soon', 'from 1 to 604800'),
  badOption('verify', 'maybe', 'expected boolean'),
  badOption('cache', 1, 'expected boolean'),
  badOption('candidates', 99, 'from 1 to 8'),
  badOption('test_framework', 'mocha', '"mocha" is not supported; use one of'),
  badOption('test_framework', 5, 'expected string'),
  badOption('target_files', '../secret', 'leaves the repository'),
  badOption('target_files', ['/etc/passwd'], 'is absolute'),
  badOption('target_files', ['a.js', 1], 'expected string', { issues: ['options.target_files.1'] }),
  badOption('existing_files', { '../a.js': '' }, 'leaves the repository'),
  badOption('existing_files', { '.git/config': '' }, "git's own folder"),
  badOption('existing_files', [{ path: 'a.js' }], 'is required', { issues: ['options.existing_files.0.content'] }),
  badOption(
    'existing_files',
    [
      { path: 'a.js', content: '1' },
      { path: './a.js', content: '2' },
    ],
    'twice with different contents',
  ),
  badOption('codebase_files', { 'a.js': 5 }, 'expected string', { issues: ['options.codebase_files.a.js'] }),
  badOption('logs', 5, 'expected string or array'),
  badOption('review_focus', { a: 1 }, 'expected string or array'),
  badOption('debug_focus', false, 'expected string or array'),
  badOption('existing_requirements', 5, 'expected string or array'),
  badOption('project_type', ['cli'], 'expected string'),
  badOption('model', 'nope', '"nope" is not a known model; write <provider>:<model>'),
  badOption('model', 5, 'expected string'),
  badOption('models', 'builtin', 'expected record'),
  badOption('models', { code: 5 }, 'expected string', { issues: ['options.models.code'] }),
]
