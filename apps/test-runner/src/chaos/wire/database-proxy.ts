import { once } from 'node:events'
import { connect as connectTo, createServer, type Socket } from 'node:net'
import { createFrameReader, type Frame } from './frame-reader.ts'
import { createUnitReader, type StatementUnit } from './statement-unit.ts'

/** What becomes of a statement that somebody stepped in at: it goes on, or its connection breaks. */
export type Decision = 'go-on' | 'break'

/** Looks at what passes between one node and the database, and may stop it. */
export interface WireListener {
  /**
   * Called for each statement before the database has it.
   * @returns null to let it pass
   */
  before(unit: StatementUnit): Promise<Decision> | null
  /**
   * Whether somebody wants to step in after this statement.
   * @returns called once the statement's transaction is durable, and before the node hears of it; null to let it pass
   */
  after(unit: StatementUnit): (() => Promise<Decision>) | null
}

/** Stands between one node and the database. The node's address of it stays the same when the database moves. */
export interface DatabaseProxy {
  readonly port: number
  /** Breaks connections at once. @returns how many there were */
  cut(): number
  close(): Promise<void>
}

const READY_FOR_QUERY = 'Z'
const IN_TRANSACTION = 'T'

/** @param upstreamPort where the database is now */
export async function startDatabaseProxy(upstreamPort: () => number, listener: WireListener): Promise<DatabaseProxy> {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connectTo({ host: '127.0.0.1', port: upstreamPort() })
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('close', () => open.delete(socket))
    }
    relay(client, upstream, listener)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const cut = () => {
    const connections = open.size / 2
    for (const socket of open) socket.destroy()
    return Math.round(connections)
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0, // a TCP server's address is an object
    cut,
    async close() {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}

function relay(client: Socket, upstream: Socket, listener: WireListener): void {
  const readClient = createFrameReader(true)
  const readServer = createFrameReader(false)
  const readUnit = createUnitReader()
  /** What somebody wants to do after each statement that the database has not answered yet. */
  const unanswered: ReturnType<WireListener['after']>[] = []
  let afterCommit: ReturnType<WireListener['after']> = null
  let held: Frame[] = []
  const breakBoth = () => {
    client.destroy()
    upstream.destroy()
  }
  for (const socket of [client, upstream]) socket.on('error', breakBoth).on('close', breakBoth)

  const toServer = inOrder<Frame>(async (frame) => {
    // what comes before the first statement (start, passwords) is no statement and has no answer of its own
    if (frame.type === '' || frame.type === 'p' || frame.type === 'X') {
      upstream.write(frame.bytes)
      return
    }
    const unit = readUnit(frame)
    if (unit === null) return
    const decision = listener.before(unit)
    if (decision !== null && (await decision) === 'break') return breakBoth()
    unanswered.push(listener.after(unit))
    upstream.write(unit.bytes)
  })
  let isGreeting = true
  const toClient = inOrder<Frame>(async (frame) => {
    held.push(frame)
    const isReady = frame.type === READY_FOR_QUERY
    if (isReady && isGreeting) isGreeting = false
    else if (isReady) {
      afterCommit ??= unanswered[0] ?? null
      unanswered.shift()
      const isDurable = String.fromCharCode(frame.bytes.at(-1) ?? 0) !== IN_TRANSACTION
      const stepIn = isDurable ? afterCommit : null
      if (stepIn !== null) {
        afterCommit = null
        if ((await stepIn()) === 'break') return breakBoth()
      }
    }
    // an answer goes on when it is whole: until then somebody may want to keep it back
    if (!isReady && unanswered.length > 0) return
    client.write(Buffer.concat(held.map(({ bytes }) => bytes)))
    held = []
  })
  client.on('data', (chunk) => readClient(chunk).forEach(toServer))
  upstream.on('data', (chunk) => readServer(chunk).forEach(toClient))
}

/** Handles items one after the other, in the order in which they came. */
function inOrder<T>(handle: (item: T) => Promise<void>): (item: T) => void {
  const queue: T[] = []
  let isBusy = false
  const work = async (): Promise<void> => {
    isBusy = true
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await handle(item)
    isBusy = false
  }
  return (item) => {
    queue.push(item)
    if (!isBusy) void work()
  }
}
