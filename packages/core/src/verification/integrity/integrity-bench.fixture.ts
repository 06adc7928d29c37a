import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CoverageReport, IntegrityReport } from '@codex/protocol'
import { detectToolchain } from '../../sandbox/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { summarizeCoverage } from '../coverage-data/coverage-report.ts'
import { createInstaller } from '../install/installer.ts'
import { findRegistryAccess } from '../install/registry-access.ts'
import { setUpTestBench } from '../test-bench.ts'
import { createBench, writeFiles } from '../verification.fixture.ts'
import type { RunVerifierCommand, VerifierPurpose, VerifyRequest } from '../verifier.ts'
import { checkIntegrity } from './check-integrity.ts'

/** Test support: a project that changes from tree to tree, and the integrity of its last change. */
export interface IntegrityBench extends AsyncDisposable {
  open(runId: string, files: Readonly<Record<string, string>>): Promise<IntegrityProject>
}

export interface IntegrityProject {
  readonly workspace: Workspace
  /** What commands were run for since the project was opened. */
  readonly purposes: readonly VerifierPurpose[]
  /** Writes files over those that are there (null deletes); gives the tree. */
  change(files: Readonly<Record<string, string | null>>): Promise<string>
  check(changes?: Partial<VerifyRequest>): Promise<IntegrityReport>
}

export async function createIntegrityBench(): Promise<IntegrityBench> {
  const bench = await createBench()
  const toolchain = await detectToolchain({ searchPath: '/usr/local/bin:/usr/bin:/bin' })
  const access = findRegistryAccess()
  const install = createInstaller({ toolchain, allowedHosts: async () => (await access).allow })
  return {
    async open(runId, files) {
      const workspace = await bench.open(runId, files)
      const baseTree = await workspace.treeHash()
      const purposes: VerifierPurpose[] = []
      const run = bench.runIn(workspace)
      const runCommand: RunVerifierCommand = async (purpose, command, network) => {
        purposes.push(purpose)
        return await run(purpose, command, network)
      }
      return {
        workspace,
        purposes,
        async change(edits) {
          for (const [path, content] of Object.entries(edits)) {
            if (content === null) rmSync(join(workspace.worktree, path))
            else writeFiles(workspace.worktree, { [path]: content })
          }
          return (await workspace.commit('Change the fixture')).tree
        },
        async check(changes = {}) {
          const headTree = await workspace.treeHash()
          const request = {
            workspace,
            baseTree,
            headTree,
            earlierTrees: [],
            testEditsByFix: [],
            mutants: 0,
            signal: new AbortController().signal,
            ...changes,
          }
          const made = await setUpTestBench({ workspace, framework: null, runCommand }, { toolchain, install })
          if (!('run' in made)) throw new Error(made.reason.message)
          const head = await made.run({ purpose: 'test', coverage: true })
          const measured = head.report?.coverage ?? null
          const coverage: CoverageReport | null = measured && summarizeCoverage(measured, made.sourceFiles, null)
          return await checkIntegrity({ bench: made, request, head, coverage })
        },
      }
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

/** The checks as `name status`, for short assertions. */
export function statusesOf({ checks }: IntegrityReport): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]))
}
