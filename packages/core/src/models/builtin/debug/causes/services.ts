import type { KnownCause } from '../known-cause.ts'

/** A status code is a symptom: the cause lies with whoever answered. */
export const httpStatus: KnownCause = {
  id: 'http-status',
  topics: ['http', 'api', 'upstream', 'server', 'rate limit'],
  weight: 0.3,
  patterns: [
    /\bHTTP\/\d(?:\.\d)?"? (?<status>5\d\d|429)\b/,
    /\bstatus(?:[_ ]?code)?["']?\s?[:= ]\s?(?<status>5\d\d|429)\b/i,
    /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD) \S{1,400} (?<status>5\d\d|429)\b/,
    /\b(?<status>500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out|429 Too Many Requests)/i,
  ],
  explain({ status = '' }, { where }) {
    const code = status.slice(0, 3)
    if (code === '429') {
      return `Requests are refused with 429${where}: more are sent than the limit of that service allows, without waiting as its Retry-After says.`
    }
    if (code === '502' || code === '503' || code === '504') {
      return `Requests end with ${code}${where}: the server behind the proxy is down, overloaded or too slow; its own log tells why.`
    }
    return `Requests end with ${code}${where}: the handler failed; the error logged around the same time tells why.`
  },
  monitoring: [
    'Record the rate of answers by status and route, and alert when 5xx or 429 exceed their usual share.',
    'Give every request an id, and log it with each error, so that a status leads to its stack trace.',
  ],
}

const SQL_KINDS: Readonly<Record<string, (subject: string) => string>> = {
  table: (subject) =>
    `The table ${subject} does not exist in the database that is used: migrations did not run, or it is another database or schema.`,
  column: (subject) =>
    `The column ${subject} does not exist: code and schema are of different versions, most likely a migration is missing.`,
  duplicate: (subject) =>
    `A row with the same key exists already (${subject}): the value is not unique, or the same insert ran twice.`,
  foreign: (subject) =>
    `A row refers to one that does not exist, or one that is still referred to is deleted (${subject}).`,
  null: (subject) => `A column that needs a value gets none (${subject}).`,
  syntax: (subject) => `The database cannot parse the statement (near ${subject}).`,
  locked: () => 'The database is locked by another writer for longer than the statement waits.',
  deadlock: () => 'Two transactions wait for each other; they take the same locks in different orders.',
  login: (subject) => `The database refuses the login (${subject}): user, password or host rule is wrong.`,
  connections: () =>
    'The database has no free connections: pools are too large together, or connections are not given back.',
}

export const sqlError: KnownCause = {
  id: 'sql-error',
  topics: ['sql', 'database', 'query', 'migration', 'postgres'],
  weight: 0.7,
  patterns: [
    /(?:relation|table) ["'](?<table>[^"']{1,200})["'] (?:does not|doesn't) exist/i,
    /no such table: (?<table>[\w.]{1,200})/,
    /column "?(?<column>[\w.]{1,200})"? does not exist/i,
    /no such column: (?<column>[\w.]{1,200})/,
    /Unknown column '(?<column>[^']{1,200})'/,
    /duplicate key value violates unique constraint "(?<duplicate>[^"]{1,200})"/,
    /(?:UNIQUE constraint failed: |Duplicate entry )(?<duplicate>.{1,200})/,
    /violates foreign key constraint "(?<foreign>[^"]{1,200})"/,
    /(?<foreign>FOREIGN KEY constraint failed)/i,
    /null value in column "(?<null>[^"]{1,200})"/,
    /NOT NULL constraint failed: (?<null>[\w.]{1,200})/,
    /syntax error at or near (?<syntax>"[^"]{1,200}")/,
    /near (?<syntax>"[^"]{1,100}"): syntax error/,
    /You have an error in your SQL syntax.{0,200}? near (?<syntax>'[^']{1,200}')/,
    /(?<locked>database is locked|SQLITE_BUSY)/,
    /(?<deadlock>deadlock detected|ER_LOCK_DEADLOCK|Deadlock found)/,
    /(?<login>password authentication failed for user "[^"]{1,100}")/,
    /(?<connections>remaining connection slots are reserved|sorry, too many clients already|Too many connections)/i,
  ],
  explain(facts, { where }) {
    const [kind = 'syntax', subject = ''] = Object.entries(facts)[0] ?? []
    const sentence = SQL_KINDS[kind]?.(subject) ?? `The database refuses a statement (${subject}).`
    return where === '' ? sentence : `${sentence} The statement is sent${where}.`
  },
  monitoring: [
    'Record errors of the database by their SQLSTATE, and the time that statements take.',
    'Run migrations before the new version starts, and let its readiness check compare the schema version.',
  ],
}
