import { Pool, type PoolClient } from 'pg'

/**
 * Does several statements in one transaction; within one that is open already they become part of it.
 * @throws what the work throws, after everything was rolled back
 */
export async function inTransaction<T>(pool: Pool | PoolClient, work: (client: PoolClient) => Promise<T>): Promise<T> {
  if (!(pool instanceof Pool)) return await work(pool)
  const client = await pool.connect()
  let isBroken = true
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    isBroken = false
    return result
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => {
        isBroken = false
      },
      () => {}, // the connection is gone, and the transaction with it
    )
    throw error
  } finally {
    client.release(isBroken)
  }
}
