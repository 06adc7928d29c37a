import type { z } from 'zod'
import { CodexError, type ErrorIssue } from './codex-error.ts'

type Issue = z.core.$ZodIssue

/** How many issues an error's message repeats; all of them stay in `issues`. */
const ISSUES_IN_MESSAGE = 5

/**
 * Turns the issues of a failed parse into sentences for people: one for each unknown field, and for a union one that
 * names what would have been accepted.
 * @param prefix path of the parsed value within the request, such as `["query"]`
 */
export function validationIssues(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): ErrorIssue[] {
  return issues.flatMap((issue) => explain(issue, [...prefix, ...issue.path]))
}

/**
 * Makes the INVALID_REQUEST error of a failed parse.
 * @param error what `safeParse` returned; paths are in the spelling of the schema that was used
 */
export function invalidRequest(error: { readonly issues: readonly Issue[] }): CodexError {
  const issues = validationIssues(error.issues)
  const named = issues
    .slice(0, ISSUES_IN_MESSAGE)
    .map((issue) => (issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`))
  const more = issues.length > named.length ? [`and ${issues.length - named.length} more`] : []
  return new CodexError('INVALID_REQUEST', [...named, ...more].join('; '), { cause: error, issues })
}

function explain(issue: Issue, path: readonly PropertyKey[]): ErrorIssue[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: dotted([...path, key]), message: 'unknown field' }))
    case 'invalid_union':
      return [explainUnion(issue, path)]
    case 'invalid_type':
      if (issue.input === undefined && issue.message.endsWith('received undefined')) {
        return [{ path: dotted(path), message: `is required (${issue.expected.replace('record', 'object')})` }]
      }
      return [{ path: dotted(path), message: lowerFirst(issue.message.replace(/^Invalid input: /, '')) }]
    default:
      return [{ path: dotted(path), message: lowerFirst(issue.message.replace(/^Invalid (option|input): /, '')) }]
  }
}

/** Shows the branch that came furthest into the value, or every accepted type when none came further than its root. */
function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: readonly PropertyKey[]): ErrorIssue {
  const branches = issue.errors.map((errors) => validationIssues(errors))
  const deepest = branches.find((branch) => branch.some((nested) => nested.path !== ''))?.[0]
  if (deepest !== undefined) return { path: dotted([...path, deepest.path]), message: deepest.message }
  const accepted = branches.flatMap((branch) =>
    branch.map((nested) =>
      nested.message
        .replace(/^expected /, '')
        .replace(/, received .*$/, '')
        .replace('record', 'object'),
    ),
  )
  if (accepted.length === 0) return { path: dotted(path), message: lowerFirst(issue.message) }
  return { path: dotted(path), message: `expected ${[...new Set(accepted)].join(' or ')}` }
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
