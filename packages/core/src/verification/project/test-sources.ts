const RUNNER_IMPORT =
  /['"](vitest|node:test|bun:test|@jest\/globals|mocha|ava|tap|uvu|@playwright\/test|cypress|@wdio\/globals)['"]/

/** Whether a JavaScript or TypeScript file calls what declares tests; files in test folders may just help them. */
export function declaresTests(source: string): boolean {
  return /\b(test|it|describe|suite)\s*[.(]/.test(source)
}

/** Whether a file imports a test framework, but none that `own` matches. */
export function importsOtherRunner(source: string, own: RegExp): boolean {
  return RUNNER_IMPORT.test(source) && !own.test(source)
}
