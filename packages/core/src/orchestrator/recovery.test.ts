import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { OrchestrateRequest } from '@codex/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sandboxIdentity } from '../sandbox/index.ts'
import { createWorkspaceArchive } from '../store/packs.ts'
import { readCalls, readRun } from '../store/read-run.ts'
import { createWorkspaceManager } from '../workspace/index.ts'
import type { RunServices } from './execute-run.ts'
import {
  type Asked,
  createRunHarness,
  FINISH,
  REVIEW,
  type Reply,
  type RunHarness,
  write,
} from './run-harness.fixture.ts'
import { RunInterruption } from './run-interruption.ts'

let harness: RunHarness

beforeAll(async () => {
  harness = await createRunHarness()
})
afterAll(() => harness.close())

const SOURCE = 'exports.add = (a, b) => a + b\n'
const TEST = `const { test } = require('node:test')\ntest('adds', () => require('node:assert').equal(require('./add.js').add(1, 2), 3))\n`
// appends, so that it shows when it is repeated on what it did before; out/ is ignored
const COMMAND: Reply = {
  tool: 'run_command',
  input: { argv: ['sh', '-c', 'echo ran >> log.txt; mkdir -p out; echo ran >> out/made; cat out/made > seen.txt'] },
}
const SCENARIOS: Readonly<Record<string, { readonly code: readonly Reply[]; readonly options: object }>> = {
  'in memory': { code: [write('add.js', SOURCE)], options: {} },
  'with a command': { code: [write('.gitignore', 'out/\n'), write('add.js', SOURCE), COMMAND], options: {} },
  'with given files': {
    code: [COMMAND, { tool: 'edit_file', input: { path: 'given.js', search: 'one', replacement: 'two' } }],
    options: {
      existingFiles: [
        { path: 'given.js', content: 'one\n' },
        { path: '.gitignore', content: 'out/\n' },
      ],
    }, // prettier-ignore
  },
}

function answerWith(code: readonly Reply[]) {
  return ({ agent, turn }: Asked): Reply => {
    if (agent === 'Reviewer') return REVIEW
    const turns = agent === 'Code' ? code : [write('add.test.js', TEST)]
    return turns[turn] ?? FINISH
  }
}

interface Boundary {
  /** Number of the write, from 0. */
  readonly write: number
  readonly side: 'before' | 'after'
}

/** Services of a node that dies right before or after one of its writes; without a boundary, of one that lives. */
function nodeIn(name: string, boundary: Boundary | null, stop: AbortController) {
  const { pool } = harness.database
  const identity = sandboxIdentity()
  const seen = { writes: 0 }
  const query = async (...args: Parameters<typeof pool.query>): Promise<unknown> => {
    const [statement] = args as unknown as [{ readonly name?: string }]
    const isHere = statement.name?.startsWith('record-run') === true && seen.writes++ === boundary?.write
    const die = (): never => {
      const death = new RunInterruption('shutdown')
      stop.abort(death)
      throw death
    }
    if (isHere && boundary?.side === 'before') die()
    const result: unknown = await pool.query(...args)
    if (isHere) die()
    return result
  }
  const mortalPool = new Proxy(pool, {
    get: (target, key) => (key === 'query' ? query : Reflect.get(target, key, target)),
  })
  const services: RunServices = {
    ...harness.services,
    database: { ...harness.database, pool: mortalPool },
    workspaces: createWorkspaceManager({
      rootDir: join(harness.folder, name),
      archive: createWorkspaceArchive(pool),
      ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
    }),
  }
  return { services, seen }
}

/** Everything that has to be the same, however often a run was interrupted. */
async function describe(id: string) {
  const run = await harness.present(id)
  const events = (await harness.events(id)).filter(({ type }) => type !== 'run.started' && type !== 'run.recovered')
  const all = await harness.events(id)
  const calls = await readCalls(harness.database, id)
  return {
    status: run.status,
    patch: run.result.patch,
    edits: run.result.changes?.edits,
    tree: (await readRun(harness.database, id))?.headTree,
    warnings: run.metadata.warnings,
    usage: run.metadata.usage,
    // steps that run beside one another tell of themselves in any order
    events: Object.groupBy(
      events.map(({ type, stepId, attempt, data }) => ({
        type,
        stepId,
        attempt,
        tree: type === 'workspace.committed' ? (data as { tree: string }).tree : null,
      })),
      ({ stepId }) => stepId ?? 'run',
    ),
    isGapless: all.every(({ seq }, index) => seq === index + 1),
    calls: calls.map(({ stepId, attempt, n, kind }) => `${stepId}/${attempt}/${n} ${kind}`).sort(),
  }
}

test.each(Object.entries(SCENARIOS))(
  'dead before or after any of its writes, a run ends as if nothing had happened, here and on another node: %s',
  { timeout: 600_000 },
  async (name, { code, options }) => {
    harness.state.answer = answerWith(code)
    const request: Partial<OrchestrateRequest> = {
      agentSequence: ['code', 'reviewer', 'test_generator'],
      options: { verify: false, ...options },
    }
    const folder = name.replaceAll(' ', '-')
    const undisturbed = await harness.submit(request)
    harness.state.requests = []
    const living = nodeIn(`${folder}-undisturbed`, null, new AbortController())
    await harness.execute(undisturbed, undefined, living.services)
    const expected = await describe(undisturbed)
    const asked = harness.state.requests.length
    expect(expected).toMatchObject({ status: 'completed', isGapless: true, warnings: [] })
    expect(expected.patch).toContain(name === 'in memory' ? '+exports.add' : '+ran')

    // a node that never had the run reads its files
    const { workspaces } = nodeIn(`${folder}-reading`, null, new AbortController()).services
    const reading = await workspaces.find(undisturbed)
    expect(await reading?.readFileAt(expected.tree ?? '', 'add.test.js')).toBe(TEST)
    const writes = living.seen.writes
    expect(writes).toBeGreaterThan(5)
    for (let place = 0; place < writes; place++) {
      for (const side of ['before', 'after'] as const) {
        const isElsewhere = (place + (side === 'after' ? 1 : 0)) % 2 === 0
        const at = `${name}, ${side} write ${place}, then on ${isElsewhere ? 'another' : 'the same'} node`
        const stop = new AbortController()
        const id = await harness.submit(request)
        harness.state.requests = []
        const mortal = nodeIn(`${folder}-a`, { write: place, side }, stop)
        // after its last write a run has ended, and its node has no time to notice its death
        await harness.execute(id, stop.signal, mortal.services).catch((error: unknown) => {
          expect(error, at).toBeInstanceOf(RunInterruption)
        })
        const heir = nodeIn(isElsewhere ? `${folder}-b` : `${folder}-a`, null, new AbortController())
        await harness.execute(id, undefined, heir.services)
        expect(await describe(id), at).toEqual(expected)
        // a node that dies between the end and the removal leaves its folder to the next look for such folders
        const isEnded = place === writes - 1 && side === 'after'
        const isLeft = existsSync(join(harness.folder, isElsewhere ? `${folder}-b` : `${folder}-a`, id))
        expect(isLeft && !isEnded, at).toBe(false)
        // of a call that was answered and not recorded nobody can know, and a first call does not wait for the write that
        // its step began; two steps at a time can have one each
        const repeated = harness.state.requests.length - asked
        expect(repeated, at).toBeLessThanOrEqual(2)
      }
    }
  },
)
