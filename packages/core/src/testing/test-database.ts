import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'

/** A database that nobody else uses, in the Postgres of this test run. */
export interface TestDatabase {
  /** Connection string of a superuser. */
  readonly url: string
  /** Removes the database; connections that are still open are ended. Calling it again is harmless. */
  drop(): Promise<void>
}

/**
 * Creates an empty database for one test (about 30 ms; the first one of a test run also starts Postgres, about 1 s).
 *
 * Needs `globalSetup: './src/testing/test-database-setup.ts'` in the package's vitest configuration. What a test does not
 * drop goes away with the test run's Postgres.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await askForServer()
  const name = `test_${randomBytes(8).toString('hex')}`
  await execute(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async drop() {
      await execute(serverUrl, `drop database if exists ${name} with (force)`)
    },
  }
}

async function askForServer(): Promise<string> {
  const address: string | undefined = inject('testPostgresAddress')
  if (address === undefined) {
    throw new Error('createTestDatabase needs globalSetup: testing/test-database-setup.ts in the vitest configuration')
  }
  const response = await fetch(address)
  const body = await response.text()
  if (!response.ok) throw new Error(`The Postgres of this test run did not start: ${body}`)
  return body
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
