// Run by check-package.ts from the packed package's consumer: as ESM here, and required as CommonJS.
import { createRequire } from 'node:module'
import * as esm from '@codex/sdk'

const commonJs = createRequire(import.meta.url)('@codex/sdk')
for (const sdk of [esm, commonJs]) {
  const codex = sdk.createCodex({ url: 'http://127.0.0.1:1', retries: 0 })
  const error = await codex.stats().then(
    () => undefined,
    (reason) => reason,
  )
  if (!sdk.CodexError.isInstance(error) || error.code !== 'UNAVAILABLE') throw error ?? new Error('no error')
}
const foreign = new commonJs.CodexError('NOT_FOUND', 'x')
if (!esm.CodexError.isInstance(foreign))
  throw new Error('an error of the CommonJS copy is not recognised by the ESM copy')
