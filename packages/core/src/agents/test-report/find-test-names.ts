/**
 * `test('name'`, `it.only("name"`, `test.each([…])('name'`. One `.each` at most and bounded gaps: files come from
 * anybody, and an expression that can match in many ways would hang the service.
 */
const JAVASCRIPT_TEST =
  /(?<![\w.$])(?:t\.test|test|it)(?:\.(?:only|concurrent|sequential|serial|skip|todo|fails)){0,3}(?:\.each\s{0,9}(?:\([^`]{0,2000}?\)|`[^`]{0,4000}`))?\s{0,99}\(\s{0,99}(?:'((?:[^'\\\n]|\\.){0,500})'|"((?:[^"\\\n]|\\.){0,500})"|`((?:[^`\\]|\\.){0,500})`)/g
const PYTHON_TEST = /^[ \t]*(?:async[ \t]+)?def[ \t]+(test_\w+)/gm
const GO_TEST = /^func (Test\w+)\(/gm

/** Names of the tests in a file, in order, each once: titles in JavaScript, functions in Python and Go. */
export function findTestNames(path: string, content: string): readonly string[] {
  if (path.endsWith('.py')) return unique(content, PYTHON_TEST)
  if (path.endsWith('.go')) return unique(content, GO_TEST)
  return unique(content, JAVASCRIPT_TEST)
}

function unique(content: string, pattern: RegExp): readonly string[] {
  const names = [...content.matchAll(pattern)].map((match) => unescapeQuotes(match[1] ?? match[2] ?? match[3] ?? ''))
  return [...new Set(names.filter((name) => name.trim() !== ''))]
}

function unescapeQuotes(text: string): string {
  return text.replaceAll(/\\(['"`\\])/g, '$1')
}
