import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { Pool } from '@codex/core/testing/database'
import { afterEach, expect, test } from 'vitest'
import { type Decision, startDatabaseProxy, type WireListener } from './database-proxy.ts'
import type { StatementUnit } from './statement-unit.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const ready = (status: 'I' | 'T') => Buffer.from([0x5a, 0, 0, 0, 5, status.charCodeAt(0)])
const complete = message('C', 'INSERT 0 1\0')
const AUTHENTICATED = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0])

function message(type: string, text: string): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0)
  head.writeInt32BE(4 + Buffer.byteLength(text), 1)
  return Buffer.concat([head, Buffer.from(text)])
}

/** Speaks as much of Postgres as a client without parameters needs; tells what it was asked. */
async function startPostgresDouble(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  let isInTransaction = false
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (chunk[0] === 0) return void socket.write(Buffer.concat([AUTHENTICATED, ready('I')]))
      if (chunk[0] !== 'Q'.charCodeAt(0)) return
      const sql = chunk.toString('utf8', 5, chunk.length - 1)
      asked.push(sql)
      if (sql === 'BEGIN') isInTransaction = true
      if (sql === 'COMMIT') isInTransaction = false
      socket.write(Buffer.concat([complete, ready(isInTransaction ? 'T' : 'I')]))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(async () => void server.close())
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, asked }
}

async function start(listener: Partial<WireListener>) {
  const double = await startPostgresDouble()
  const proxy = await startDatabaseProxy(() => double.port, { before: () => null, after: () => null, ...listener })
  stops.push(() => proxy.close())
  const pool = new Pool({ host: '127.0.0.1', port: proxy.port, user: 'u', database: 'd', max: 1, ssl: false })
  pool.on('error', () => {})
  stops.push(() => pool.end())
  return { ...double, proxy, pool }
}

const isInsert = ({ sql }: StatementUnit) => sql.startsWith('INSERT')

test('lets statements and answers pass', async () => {
  const { pool, asked } = await start({})
  expect((await pool.query('INSERT 1')).rowCount).toBe(1)
  expect(asked).toEqual(['INSERT 1'])
})

test('a statement that is stopped before the database never gets there', async () => {
  const { pool, asked } = await start({
    before: (unit) => (isInsert(unit) ? Promise.resolve<Decision>('break') : null),
  })
  await expect(pool.query('INSERT 1')).rejects.toThrow(/terminated|ECONNRESET/)
  expect(asked).toEqual([])
})

test('a statement that is stopped after its commit is done and its answer never comes', async () => {
  const { pool, asked } = await start({
    after: (unit) => (isInsert(unit) ? () => Promise.resolve('break') : null),
  })
  await expect(pool.query('INSERT 1')).rejects.toThrow(/terminated|ECONNRESET/)
  expect(asked).toEqual(['INSERT 1'])
})

test('inside a transaction the moment after is the one after the commit', async () => {
  const seen: string[] = []
  const { pool, asked } = await start({
    after: (unit) =>
      isInsert(unit)
        ? () => {
            seen.push(...asked)
            return Promise.resolve('go-on')
          }
        : null,
  })
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query('INSERT 1')
  expect(seen).toEqual([])
  await client.query('COMMIT')
  client.release()
  expect(seen).toEqual(['BEGIN', 'INSERT 1', 'COMMIT'])
})

test('a statement that was held goes on when it is let go', async () => {
  const gate = Promise.withResolvers<Decision>()
  const { pool, asked } = await start({ before: (unit) => (isInsert(unit) ? gate.promise : null) })
  const answer = pool.query('INSERT 1')
  expect(asked).toEqual([])
  gate.resolve('go-on')
  expect((await answer).rowCount).toBe(1)
})

test('cutting breaks what is open, and new connections are made', async () => {
  const { pool, proxy } = await start({})
  await pool.query('INSERT 1')
  expect(proxy.cut()).toBe(1)
  await expect.poll(() => pool.totalCount).toBe(0)
  expect((await pool.query('INSERT 2')).rowCount).toBe(1)
})
