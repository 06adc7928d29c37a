import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type EmbeddedPostgres, Pool, startEmbeddedPostgres } from '@codex/core/testing/database'
import type { RunningServer } from './running-server.ts'
import type { Scratch } from './scratch.ts'
import { startServer } from './start-server.ts'

/** Servers on one Postgres, each with a data folder of its own, as on machines of their own. */
export interface Cluster {
  readonly databaseUrl: string
  /** Of Postgres; everything else of it is its children. */
  readonly postmasterPid: number
  /** In the order of their start; killed ones stay in the list. */
  readonly nodes: readonly RunningServer[]
  /** Starts one more server. @param environment over the cluster's own @param nodeArguments instead of the cluster's */
  addNode(environment?: Readonly<Record<string, string>>, nodeArguments?: readonly string[]): Promise<RunningServer>
  /** Asks the database itself for what no API shows. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** Ends every server, then the database, and removes what they left. */
  dispose(): Promise<void>
}

export interface ClusterOptions {
  /** Servers to begin with; default 2. */
  readonly nodes?: number
  /** Variables of every server. */
  readonly environment?: Readonly<Record<string, string>>
  /** For Node itself, such as `--inspect=127.0.0.1:0`. */
  readonly nodeArguments?: readonly string[]
  /** Settings of Postgres over its usual ones, such as `{ fsync: 'off' }`. */
  readonly postgresSettings?: Readonly<Record<string, string>>
}

/**
 * Starts a Postgres and servers on it.
 * @throws Error with what a server or Postgres wrote when one does not start; nothing is left running then
 */
export async function startCluster(
  scratch: Pick<Scratch, 'folder' | 'temporary'>,
  options: ClusterOptions = {},
): Promise<Cluster> {
  const folder = await mkdtemp(join(scratch.folder, 'postgres-'))
  await chmod(folder, 0o755) // Postgres runs as another user when this runs as root
  const nodes: (RunningServer & { dispose(): Promise<void> })[] = []
  let postgres: EmbeddedPostgres | undefined
  let pool: Pool | undefined
  const addNode: Cluster['addNode'] = async (environment = {}, nodeArguments = options.nodeArguments) => {
    const databaseUrl = postgres?.url ?? ''
    const variables = { ...options.environment, ...environment, DATABASE_URL: databaseUrl }
    const node = await startServer(scratch, variables, nodeArguments)
    nodes.push(node)
    return node
  }
  const dispose = async (): Promise<void> => {
    const ends = await Promise.allSettled(nodes.map((node) => node.dispose()))
    await pool?.end()
    await postgres?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    if (failures.length > 0) throw new AggregateError(failures, 'could not end every server')
  }
  try {
    postgres = await startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      settings: { max_connections: '200', ...options.postgresSettings },
    })
    pool = new Pool({ connectionString: postgres.url, max: 2 }).on('error', () => {}) // it is stopped before its clients
    // one after the other: the first one migrates
    for (let started = 0; started < (options.nodes ?? 2); started += 1) await addNode()
  } catch (error) {
    await dispose().catch(() => {}) // the start's own error says more
    throw error
  }
  const { url, pid } = postgres
  const query = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    (await pool.query<Row>(text, [...values])).rows
  return { databaseUrl: url, postmasterPid: pid, nodes, addNode, query, dispose }
}
