import { type CodexError, ERROR_TABLE } from '@codex/protocol'
import { TRPCError } from '@trpc/server'

/** Wraps an error of ours for tRPC, with the code that the error table gives it. */
export function toTrpcError(error: CodexError): TRPCError {
  return new TRPCError({ code: ERROR_TABLE[error.code].trpc, message: error.message, cause: error })
}
