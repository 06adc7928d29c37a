import type { Mutant, MutationReport } from '@codex/protocol'
import { assertNotCancelled, type CheckContext, type CheckOutcome, outcomeOf } from '../integrity/integrity-context.ts'
import { type IntegrityFinding, integrityFinding } from '../integrity/integrity-finding.ts'
import { parseJavascript } from '../integrity/parse-javascript.ts'
import { resolveImport } from '../integrity/tree-view.ts'
import type { TestRunOutcome } from '../test-bench.ts'
import { orderFaults } from './choose-faults.ts'
import { canSeed, findFaults } from './find-faults.ts'
import { applyFault, type SeededFault } from './seeded-fault.ts'

export interface MutationOutcome extends CheckOutcome {
  readonly report: MutationReport | null
}

/** Time for all mutants together in milliseconds. */
const DEFAULT_BUDGET_MS = 15_000
/** A run that takes so many times as long as without a fault does not end. */
const PATIENCE = 2
const LEAST_PATIENCE_MS = 5_000
/** Faults of these kinds often make no difference that matters. */
const WEAK = new Set(['empty-string', 'off-by-one', 'boolean-literal'])
const MAX_TEXT = 200

/**
 * Seeds faults on the changed lines, one at a time, and sees whether the tests notice. A run that takes too long counts
 * as noticed, apart from those that failed.
 */
export async function checkMutation(context: CheckContext, budgetMs = DEFAULT_BUDGET_MS): Promise<MutationOutcome> {
  const { bench, request, head, headView, edits, coverage } = context
  const { mutants: wanted, headTree } = request
  const without = (status: 'skipped' | 'not_run', message: string): MutationOutcome => ({
    ...outcomeOf('mutation', status, message),
    report: null,
  })
  if (wanted <= 0) return without('skipped', 'No faults were asked to be seeded.')
  if (head.report === null || head.reasons.length > 0)
    return without('not_run', 'The tests of the head tree are not green.')
  const sources = edits.filter(({ path, operation }) => operation !== 'delete' && bench.sourceFiles.includes(path))
  if (sources.length === 0) return without('skipped', 'The change holds no product code.')
  if (!sources.some(({ path }) => canSeed(path)))
    return without('skipped', 'Faults can be seeded into JavaScript, TypeScript and Python only.')
  const faults = orderFaults(await findFaults(edits, headView, bench.sourceFiles, coverage), headTree)
  if (faults.length === 0) return without('skipped', 'There is no place on a changed and tested line for a fault.')

  const start = performance.now()
  let longestMs = head.result.durationMs
  const patienceMs = Math.max(LEAST_PATIENCE_MS, PATIENCE * longestMs)
  const mutants: Mutant[] = []
  const survivors: SeededFault[] = []
  let tried = 0
  for (const fault of faults) {
    if (tried >= wanted) break
    // the next one would go over the time for all
    if (performance.now() - start + longestMs > budgetMs) break
    assertNotCancelled(request.signal)
    const text = await headView.text(fault.path)
    if (text === null) continue
    const mutated = applyFault(text, fault)
    if (!(await isSyntax(fault.path, mutated))) {
      mutants.push(toMutant(fault, 'invalid'))
      continue
    }
    const before = performance.now()
    const leftMs = budgetMs - (before - start)
    const status = await tryFault(context, fault, mutated, Math.min(patienceMs, leftMs))
    // it might have ended: there was no time to wait for it
    if (status === 'timed_out' && leftMs < patienceMs) break
    mutants.push(toMutant(fault, status))
    if (status === 'survived') survivors.push(fault)
    if (status !== 'timed_out') longestMs = Math.max(longestMs, performance.now() - before)
    tried += 1
  }
  if (tried === 0)
    return without('not_run', `The ${budgetMs / 1000} s for seeded faults were too short to decide on one.`)
  const findings: IntegrityFinding[] = []
  for (const fault of survivors) findings.push(describe(fault, (await headView.text(fault.path)) ?? ''))
  const noticed = tried - survivors.length
  const inTime = tried < wanted && tried < faults.length ? ` in the time for it; ${wanted} were asked for` : ''
  const message = `The tests notice ${noticed} of ${tried} seeded faults${inTime}.`
  const report = { candidates: faults.length, killed: noticed, survived: survivors.length, mutants }
  return { ...outcomeOf('mutation', 'passed', message, findings), report }
}

/** Runs the tests that import the file first, and the others only when those notice nothing. */
async function tryFault(
  { bench, request, headView }: CheckContext,
  fault: SeededFault,
  mutated: string,
  wallMs: number,
): Promise<Mutant['status']> {
  const { workspace, headTree } = request
  const files = await headView.files()
  const near: string[] = []
  for (const path of bench.testFiles) {
    const imports = (await headView.shape(path))?.imports ?? []
    if (imports.some((specifier) => resolveImport(path, specifier, files) === fault.path)) near.push(path)
  }
  const rest = bench.testFiles.filter((path) => !near.includes(path))
  for (const testFiles of [near, rest]) {
    if (testFiles.length === 0) continue
    try {
      await workspace.writeFile(fault.path, mutated)
      const status = readStatus(await bench.run({ purpose: 'mutation', testFiles, coverage: false, wallMs }))
      if (status !== 'survived') return status
    } finally {
      await workspace.restore(headTree)
    }
  }
  return 'survived'
}

function readStatus({ result, reasons }: TestRunOutcome): Mutant['status'] {
  if (result.limit !== null) return 'timed_out'
  // files that hold no test notice nothing
  return reasons.some(({ code }) => code !== 'no_tests') ? 'killed' : 'survived'
}

async function isSyntax(path: string, text: string): Promise<boolean> {
  return path.endsWith('.py') || (await parseJavascript(path, text)) !== null
}

function toMutant({ path, line, operator, original, replacement }: SeededFault, status: Mutant['status']): Mutant {
  return { path, line, operator, original: cut(original), replacement: cut(replacement), status }
}

function describe(fault: SeededFault, text: string): IntegrityFinding {
  const line = (text.split('\n')[fault.line - 1] ?? '').trim()
  const message = `No test notices when "${cut(fault.original)}" becomes "${cut(fault.replacement)}" in "${cut(line)}".`
  const severity = WEAK.has(fault.operator) ? 'low' : 'medium'
  return integrityFinding(
    'surviving_mutant',
    severity,
    { path: fault.path, line: fault.line },
    message,
    'Add a test that fails with this fault.',
  )
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`
}
