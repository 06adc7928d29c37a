import type { HttpFramework } from '../../plan/project-plan.ts'
import type { SourceImport, SourceModule } from '../../render/source-module.ts'

const INTERFACES = `
«export interface ServerOptions {
  port: number;
  host: string;
}»

«export interface RunningServer {
  url: string;
  close: () => Promise<void>;
}»

«/** The part of \`process\` that \`run\` uses. */»
«export interface Host {
  env: Record<string, string | undefined>;
  stdout: { write: (text: string) => unknown };
  once: (signal: 'SIGINT' | 'SIGTERM', listener: () => void) => unknown;
}»
`

const RUN = `
/** Starts the server as the environment says and stops it when the process is asked to end. */
export async function run(host«: Host»)«: Promise<RunningServer>» {
  const port = readPort(host.env.PORT);
  const server = await startServer({ port, host: host.env.HOST ?? '127.0.0.1' });
  host.stdout.write(\`Listening on \${server.url}\\n\`);
  host.once('SIGINT', () => void server.close());
  host.once('SIGTERM', () => void server.close());
  return server;
}
`

function nodeServer(created: string): string {
  return `
const SHUTDOWN_GRACE_MS = 10_000;
${INTERFACES}
/**
 * Starts the server; port 0 takes a free port.
 * @throws the system's error when it cannot listen, such as EADDRINUSE
 */
export async function startServer({ port, host }«: ServerOptions»)«: Promise<RunningServer>» {
  const server = ${created};
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address()« as AddressInfo»;
  let closing«: Promise<void> | undefined»;
  return {
    url: \`http://\${host}:\${address.port}\`,
    close: () => (closing ??= shutDown(server)),
  };
}

/** Lets requests in flight finish, but not for longer than the grace period. */
async function shutDown(server«: Server»)«: Promise<void>» {
  const closed = once(server, 'close');
  const force = setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MS);
  server.close();
  await closed;
  clearTimeout(force);
}
${RUN}`
}

const FASTIFY = `
${INTERFACES}
/**
 * Starts the server; port 0 takes a free port.
 * @throws the system's error when it cannot listen, such as EADDRINUSE
 */
export async function startServer({ port, host }«: ServerOptions»)«: Promise<RunningServer>» {
  const app = createApp();
  const url = await app.listen({ port, host });
  return {
    url,
    close: async () => {
      await app.close();
    },
  };
}
${RUN}`

const CREATED: Record<Exclude<HttpFramework, 'fastify'>, string> = {
  'node:http': 'createServer(createApp())',
  express: 'createServer(createApp())',
  hono: 'createAdaptorServer({ fetch: createApp().fetch })« as Server»',
}

/** `src/server`: listening, graceful shutdown, and the wiring of environment and signals. */
export function serverModule(framework: HttpFramework): SourceModule {
  const own: SourceImport[] = [
    { from: './app', names: ['createApp'] },
    { from: './config', names: ['readPort'] },
  ]
  if (framework === 'fastify') return { imports: own, body: FASTIFY }
  const node: SourceImport[] = [
    { from: 'node:events', names: ['once'] },
    framework === 'hono'
      ? { from: 'node:http', types: ['Server'] }
      : { from: 'node:http', names: ['createServer'], types: ['Server'] },
    { from: 'node:net', types: ['AddressInfo'] },
  ]
  const adaptor: SourceImport[] =
    framework === 'hono' ? [{ from: '@hono/node-server', names: ['createAdaptorServer'] }] : []
  return { imports: [...node, ...adaptor, ...own], body: nodeServer(CREATED[framework]) }
}
