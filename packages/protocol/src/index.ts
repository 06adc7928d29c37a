export { CodexError, type CodexErrorOptions, type ErrorIssue } from './errors/codex-error.ts'
export { ERROR_CODES, ERROR_TABLE, type ErrorCode, type TrpcErrorName } from './errors/error-table.ts'
