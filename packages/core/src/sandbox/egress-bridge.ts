/** Where the bridge listens inside; its network namespace is its own, so nothing else can be there. */
export const BRIDGE_PORT = 46_128
export const BRIDGE_PATH = '/opt/codex/egress-bridge.mjs'
export const BRIDGE_SOCKET = '/opt/codex/egress.sock'

/**
 * Program that runs inside the sandbox: carries connections to a local port over to the egress proxy's unix socket and
 * runs the command meanwhile. It is text because the service is one bundled file, and the sandbox needs a file of its own.
 */
export const BRIDGE_PROGRAM = `import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { constants } from 'node:os'

const [file, ...args] = process.argv.slice(2)
const server = createServer((client) => {
  const proxy = connect('${BRIDGE_SOCKET}')
  client.on('error', () => proxy.destroy()).on('close', () => proxy.destroy())
  proxy.on('error', () => client.destroy()).on('close', () => client.destroy())
  client.pipe(proxy).pipe(client)
})
server.listen(${BRIDGE_PORT}, '127.0.0.1', () => {
  const child = spawn(file, args, { stdio: 'inherit' })
  child.on('error', (error) => {
    process.stderr.write(file + ': ' + error.message + '\\n')
    process.exit(127)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
})
`

/** Environment by which programs find the proxy at `port`; local servers of a test are reached directly. */
export function proxyEnvironment(port: number): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${port}`
  const direct = 'localhost,127.0.0.1,::1'
  return {
    ...{ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: direct },
    ...{ http_proxy: proxy, https_proxy: proxy, no_proxy: direct },
    NODE_USE_ENV_PROXY: '1', // fetch of Node 24 looks at the variables only then
  }
}
