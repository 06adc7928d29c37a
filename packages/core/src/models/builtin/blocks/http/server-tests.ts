import type { HttpPlan, Toolchain } from '../../plan/project-plan.ts'
import { fileExtension } from '../../render/source-module.ts'
import type { TestDialect } from '../../testing/test-dialect.ts'
import type { TestFile } from '../../testing/test-file.ts'

/** Tests of the port setting. */
export function configTests(http: HttpPlan, { equal, throws }: TestDialect): TestFile {
  return {
    path: 'test/config.test',
    kind: 'unit',
    reason: 'Proves which ports are taken',
    imports: [{ from: '../src/config', names: ['readPort'] }],
    suites: [
      {
        title: 'readPort',
        cases: [
          {
            name: 'has a default',
            requirement: 'listen',
            body: `${equal('readPort(undefined)', String(http.port))}\n${equal("readPort('')", String(http.port))}`,
          },
          {
            name: 'takes the whole range of ports',
            requirement: 'listen',
            body: `${equal("readPort('0')", '0')}\n${equal("readPort('65535')", '65535')}`,
          },
          {
            name: 'refuses everything else',
            requirement: 'listen',
            body: `for (const value of ['abc', '-1', '65536', '80.5']) {\n  ${throws('readPort(value)', 'RangeError')}\n}`,
          },
        ],
      },
    ],
  }
}

/** Tests of listening and stopping, in the process and as a process of its own. */
export function serverTests(toolchain: Toolchain, { equal, match, rejects }: TestDialect): TestFile {
  const main = `src/main.${fileExtension(toolchain)}`
  return {
    path: 'test/server.test',
    kind: 'e2e',
    reason: 'Proves start, signals and graceful shutdown',
    imports: [
      { from: 'node:child_process', names: ['spawn'] },
      { from: 'node:events', names: ['EventEmitter', 'once'] },
      { from: '../src/server', names: ['run', 'startServer'] },
    ],
    suites: [
      {
        title: 'startServer',
        cases: [
          {
            name: 'stops answering once it is closed, and can be closed twice',
            requirement: 'shutdown',
            body: `
const server = await startServer({ port: 0, host: '127.0.0.1' });
try {
  ${equal('(await fetch(server.url)).status < 500', 'true')}
} finally {
  await Promise.all([server.close(), server.close()]);
}
${rejects('fetch(server.url)', '/fetch failed/')}`,
          },
          {
            name: 'fails when the port is taken',
            requirement: 'listen',
            body: `
const server = await startServer({ port: 0, host: '127.0.0.1' });
try {
  const port = Number(new URL(server.url).port);
  ${rejects("startServer({ port, host: '127.0.0.1' })", '/EADDRINUSE/')}
} finally {
  await server.close();
}`,
          },
        ],
      },
      {
        title: 'run',
        cases: [
          {
            name: 'says where it listens and closes on a signal',
            requirement: 'shutdown',
            body: `
const host = Object.assign(new EventEmitter(), {
  env: { PORT: '0' },
  written: '',
  stdout: {
    write(text«: string») {
      host.written += text;
    },
  },
});
const server = await run(host);
try {
  ${equal('host.written', `\`Listening on \${server.url}\\n\``)}
  host.emit('SIGINT');
} finally {
  await server.close();
}
${rejects('fetch(server.url)', '/fetch failed/')}`,
          },
          {
            name: 'works as a process that ends on SIGTERM with code 0',
            requirement: 'shutdown',
            body: `
const child = spawn(process.execPath, ['${main}'], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(child, 'exit');
try {
  const [output] = await Promise.race([once(child.stdout, 'data'), ended]);
  const url = /http:\\S+/.exec(String(output))?.[0] ?? '';
  ${match('url', '/^http:/')}
  ${equal('(await fetch(url)).status < 500', 'true')}
  child.kill('SIGTERM');
  const [code] = await ended;
  ${equal('code', '0')}
} finally {
  child.kill('SIGKILL');
}`,
          },
        ],
      },
    ],
  }
}
