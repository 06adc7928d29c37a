import type { ReviewRule } from '../review-rule.ts'
import { asyncPromiseExecutor } from './async-promise-executor.ts'
import { awaitInLoop } from './await-in-loop.ts'
import { consoleInLibrary } from './console-in-library.ts'
import { debuggerStatement } from './debugger-statement.ts'
import { dynamicCode } from './dynamic-code.ts'
import { emptyCatch } from './empty-catch.ts'
import { explicitAny } from './explicit-any.ts'
import { focusedTest } from './focused-test.ts'
import { hardCodedSecret } from './hard-coded-secret.ts'
import { longFile } from './long-file.ts'
import { longFunction } from './long-function.ts'
import { looseEquality } from './loose-equality.ts'
import { openCors } from './open-cors.ts'
import { openRedirect } from './open-redirect.ts'
import { pathTraversal } from './path-traversal.ts'
import { processExit } from './process-exit.ts'
import { prototypePollution } from './prototype-pollution.ts'
import { requestInHtml } from './request-in-html.ts'
import { serverSideRequest } from './server-side-request.ts'
import { shellCommand } from './shell-command.ts'
import { skippedTest } from './skipped-test.ts'
import { slowRegex } from './slow-regex.ts'
import { sqlInjection } from './sql-injection.ts'
import { stackInAnswer } from './stack-in-answer.ts'
import { suppressedCheck } from './suppressed-check.ts'
import { syncIoInHandler } from './sync-io-in-handler.ts'
import { thenWithoutCatch } from './then-without-catch.ts'
import { todoComment } from './todo-comment.ts'
import { unboundedBody } from './unbounded-body.ts'
import { unguardedJsonParse } from './unguarded-json-parse.ts'
import { untestedExport } from './untested-export.ts'
import { unverifiedTls } from './unverified-tls.ts'
import { varDeclaration } from './var-declaration.ts'
import { weakCrypto } from './weak-crypto.ts'

/** Every rule of the offline reviewer; adding one is a file and a line here. */
export const REVIEW_RULES: readonly ReviewRule[] = [
  asyncPromiseExecutor,
  awaitInLoop,
  consoleInLibrary,
  debuggerStatement,
  dynamicCode,
  emptyCatch,
  explicitAny,
  focusedTest,
  hardCodedSecret,
  longFile,
  longFunction,
  looseEquality,
  openCors,
  openRedirect,
  pathTraversal,
  processExit,
  prototypePollution,
  requestInHtml,
  serverSideRequest,
  shellCommand,
  skippedTest,
  slowRegex,
  sqlInjection,
  stackInAnswer,
  suppressedCheck,
  syncIoInHandler,
  thenWithoutCatch,
  todoComment,
  unboundedBody,
  unguardedJsonParse,
  untestedExport,
  unverifiedTls,
  varDeclaration,
  weakCrypto,
]
