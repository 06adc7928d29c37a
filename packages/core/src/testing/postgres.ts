// A Postgres of one's own for clusters of real servers, which the test-runner starts. Apart from ./index.ts, which can
// be loaded by vitest only.
export { type EmbeddedPostgres, startEmbeddedPostgres } from '../engine/embedded-postgres/index.ts'
