const SIGNS: readonly (readonly [framework: string, sign: RegExp])[] = [
  ['vitest', /from\s+['"]vitest['"]|require\(['"]vitest['"]\)/],
  ['node:test', /from\s+['"]node:test['"]|require\(['"]node:test['"]\)/],
  ['jest', /@jest\/globals|\bjest\.(?:fn|mock|spyOn|setTimeout)\b/],
  ['playwright', /@playwright\/test/],
  ['mocha', /from\s+['"]mocha['"]|require\(['"](?:mocha|chai)['"]\)/],
  ['pytest', /^\s*(?:import pytest|from pytest|def test_\w+)/m],
  ['go test', /^import[\s\S]*?"testing"/m],
]

/** The framework that test files import; null when they use globals or something unknown. */
export function detectFramework(contents: readonly string[]): string | null {
  return SIGNS.find(([, sign]) => contents.some((content) => sign.test(content)))?.[0] ?? null
}
