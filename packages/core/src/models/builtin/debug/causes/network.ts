import type { KnownCause } from '../known-cause.ts'

const SERVICES: Readonly<Record<string, string>> = {
  '5432': 'PostgreSQL',
  '3306': 'MySQL',
  '6379': 'Redis',
  '27017': 'MongoDB',
  '9092': 'Kafka',
  '5672': 'RabbitMQ',
  '9200': 'Elasticsearch',
  '11211': 'memcached',
  '11434': 'Ollama',
}

export const connectionRefused: KnownCause = {
  id: 'connection-refused',
  topics: ['network', 'connection', 'database', 'econnrefused', 'upstream'],
  weight: 0.65,
  patterns: [
    /ECONNREFUSED(?: (?<target>(?:[\w.-]{1,100}|\[?[\da-fA-F:]{2,60}\]?):(?<port>\d{1,5})))?/,
    /dial tcp (?<target>\S{1,100}?:(?<port>\d{1,5})): connect: connection refused/,
    /connection to server at "[^"]{1,100}".{0,60}port (?<port>\d{1,5}) failed: Connection refused/,
    /\[Errno 111\] Connection refused/,
  ],
  explain({ target, port }, { where }) {
    const service = SERVICES[port ?? '']
    const at = target ?? (port === undefined ? 'the address' : `port ${port}`)
    return `Nothing accepts connections at ${at}${where}: ${service ?? 'the service'}${service === undefined ? '' : ` (by its port)`} is not running, not ready yet, or the configured host and port are wrong; inside a container localhost is the container itself.`
  },
  monitoring: [
    'Probe every service that is depended on, and let the readiness check fail while one is unreachable.',
    'Count refused connections by target, and retry them with growing delays at the start.',
  ],
}

export const hostNotFound: KnownCause = {
  id: 'host-not-found',
  topics: ['network', 'dns', 'connection', 'enotfound'],
  weight: 0.65,
  patterns: [
    /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?<host>[\w.-]{1,200})/,
    /\b(?:ENOTFOUND|EAI_AGAIN)\b/,
    /dial tcp: lookup (?<host>[\w.-]{1,200})[^:]{0,100}: no such host/,
    /Name or service not known/,
  ],
  explain: ({ host }, { where }) =>
    `The name ${host ?? 'of the host'} cannot be resolved${where}: it is misspelt, of another network, or the name server does not answer.`,
  monitoring: ['Count failed name lookups by host.'],
}

export const networkTimeout: KnownCause = {
  id: 'network-timeout',
  topics: ['network', 'timeout', 'latency', 'slow', 'etimedout', 'performance'],
  weight: 0.5,
  patterns: [
    /\b(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)\b(?: (?<target>\S{1,100}:\d{1,5})(?!\S))?/,
    /context deadline exceeded/,
    /(?:ReadTimeout|ConnectTimeout|TimeoutError|SocketTimeoutException)(?:Error)?: (?<message>.{1,200})/,
    /timeout of \d{1,9}ms exceeded(?!\. For async)/,
    /upstream timed out/,
  ],
  explain: ({ target }, { where }) =>
    `No answer came in time${target === undefined ? '' : ` from ${target}`}${where}: the other side is overloaded or unreachable (a firewall drops without a word), or the limit is shorter than the work takes.`,
  monitoring: ['Record the latency of calls to other services as a histogram, and alert on its 99th percentile.'],
}

export const connectionReset: KnownCause = {
  id: 'connection-reset',
  topics: ['network', 'connection', 'econnreset'],
  weight: 0.4,
  patterns: [/\b(?:ECONNRESET|EPIPE)\b/, /socket hang up/, /connection reset by peer/i, /broken pipe/i],
  explain: (_, { where }) =>
    `The other side closed the connection before the exchange was over${where}: it crashed or restarted, or it closes idle connections sooner than this side does.`,
  monitoring: ['Count connections that were reset, by target, next to the restarts of that service.'],
}

export const untrustedCertificate: KnownCause = {
  id: 'untrusted-certificate',
  topics: ['network', 'tls', 'certificate', 'security', 'https'],
  weight: 0.7,
  patterns: [
    /(?<problem>CERT_HAS_EXPIRED|certificate has expired)/,
    /(?<problem>DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|self[- ]signed certificate)/,
    /(?<problem>UNABLE_TO_VERIFY_LEAF_SIGNATURE|ERR_TLS_CERT_ALTNAME_INVALID|CERTIFICATE_VERIFY_FAILED)/,
  ],
  explain: ({ problem }, { where }) =>
    `The TLS certificate of the other side is not accepted${where} (${problem}); its chain, its dates or its name do not fit.`,
  monitoring: ['Watch the expiry dates of certificates, and alert weeks before.'],
}

export const portInUse: KnownCause = {
  id: 'port-in-use',
  topics: ['network', 'port', 'start', 'eaddrinuse', 'listen'],
  weight: 0.75,
  patterns: [
    /\bEADDRINUSE\b(?:.{0,60}?:(?<port>\d{1,5}))?/,
    /listen tcp \S{0,100}?:(?<port>\d{1,5}): bind: address already in use/,
    /address already in use(?:.{0,60}?:(?<port>\d{1,5}))?/i,
    /\bport (?<port>\d{1,5}) is (?:already )?in use/i,
  ],
  explain: ({ port }, { where }) =>
    `Port ${port ?? ''} is taken${where}: another process listens there, often an earlier instance that did not end, or the program listens twice.`.replace(
      'Port  is',
      'The port is',
    ),
  monitoring: ['Log which port is listened on at the start, and end old instances before new ones start.'],
}
