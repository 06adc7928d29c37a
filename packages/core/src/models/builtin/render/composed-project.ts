import type { PackageName } from '../plan/package-versions.ts'

/** Something that a project must do, with the words for a specification. */
export interface PlannedRequirement {
  /** Stable name inside one plan; files and tests refer to it. */
  readonly key: string
  readonly text: string
  readonly priority: 'must' | 'should' | 'could'
  readonly story?: { readonly asA: string; readonly iWant: string; readonly soThat: string }
  readonly criteria: readonly { readonly given: string; readonly when: string; readonly outcome: string }[]
}

export type TestKind = 'unit' | 'integration' | 'e2e'

export interface ComposedFile {
  readonly path: string
  readonly content: string
  readonly reason: string
  /** Keys of requirements. */
  readonly requirements: readonly string[]
}

export interface ComposedTest {
  readonly suite: string
  /** As it stands in the file; unique there. */
  readonly name: string
  readonly kind: TestKind
  /** Key of the requirement that it proves. */
  readonly requirement: string
  readonly path: string
}

export interface ComposedDependency {
  readonly name: PackageName
  readonly kind: 'runtime' | 'development'
  readonly reason: string
  /** Needed only where the tests are there. */
  readonly forTests: boolean
}

/** A whole project as text, before it is known which agent writes which part. */
export interface ComposedProject {
  readonly requirements: readonly PlannedRequirement[]
  readonly sources: readonly ComposedFile[]
  readonly tests: readonly ComposedFile[]
  readonly testCases: readonly ComposedTest[]
  readonly dependencies: readonly ComposedDependency[]
  /** npm scripts beside those for tests. */
  readonly scripts: Readonly<Record<string, string>>
  /** Further fields of package.json, such as `bin`. */
  readonly manifest: Readonly<Record<string, unknown>>
  /** Text of the README between its head and the part about tests. */
  readonly usage: string
}
