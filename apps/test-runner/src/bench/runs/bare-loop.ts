import { Pool } from '@codex/core/testing/database'
import { requestOf, SEQUENCES } from './run-client.ts'

/** The least that four model calls can cost: for each one a fetch and an INSERT of its answer. */
export interface BareLoop {
  run(): Promise<void>
  close(): Promise<void>
}

const CREATE = `CREATE TABLE IF NOT EXISTS bare_loop (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, agent text NOT NULL, answer jsonb NOT NULL)`
const AGENTS = { spec: 'Spec', debug: 'Debug' } as const

/** @param maxConnections as many as the service has, so that both have the same of the database */
export async function openBareLoop(databaseUrl: string, modelUrl: string, maxConnections = 20): Promise<BareLoop> {
  const pool = new Pool({ connectionString: databaseUrl, max: maxConnections, application_name: 'bare-loop' })
  await pool.query(CREATE)
  const { prompt } = requestOf('answers')
  return {
    async run() {
      for (const name of SEQUENCES.answers) {
        const agent = AGENTS[name]
        const task = `<task>\n${JSON.stringify({ agent, prompt })}\n</task>`
        const response = await fetch(`${modelUrl}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
          body: JSON.stringify({ model: 'scripted', messages: [{ role: 'user', content: task }] }),
        })
        if (!response.ok) throw new Error(`the model answered ${response.status}`)
        const answer = await response.json()
        await pool.query({
          name: 'bare-insert',
          text: 'INSERT INTO bare_loop (agent, answer) VALUES ($1, $2)',
          values: [agent, answer],
        })
      }
    },
    async close() {
      await pool.query('DROP TABLE bare_loop')
      await pool.end()
    },
  }
}
