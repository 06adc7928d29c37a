import type {
  LanguageModelV4,
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider'
import { wrapLanguageModel } from 'ai'

/** The answer ended before its end mark: what arrived is not the whole of it. */
export class BrokenStreamError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BrokenStreamError'
  }
}

/** The same model with its answers received as streams and handed on whole. */
export function receiveAsStream(model: LanguageModelV4): LanguageModelV4 {
  return wrapLanguageModel({
    model,
    middleware: {
      specificationVersion: 'v4',
      wrapGenerate: async ({ doStream }) => collectStream(await doStream()),
    },
  })
}

/**
 * Reads a streamed answer to its end.
 * @throws BrokenStreamError when it ends without the provider's end mark
 * @throws unknown the error that the provider sent within the stream
 */
async function collectStream(result: LanguageModelV4StreamResult): Promise<LanguageModelV4GenerateResult> {
  const content: LanguageModelV4Content[] = []
  const open = new Map<string, OpenBlock>()
  let end: Extract<LanguageModelV4StreamPart, { type: 'finish' }> | undefined
  let warnings: LanguageModelV4GenerateResult['warnings'] = []
  let metadata: LanguageModelV4GenerateResult['response'] = {}
  for await (const part of result.stream) {
    switch (part.type) {
      case 'stream-start':
        warnings = part.warnings
        break
      case 'response-metadata':
        metadata = { ...part }
        break
      case 'text-start':
      case 'reasoning-start': {
        const block: OpenBlock = {
          type: part.type === 'text-start' ? 'text' : 'reasoning',
          text: '',
          ...(part.providerMetadata && { providerMetadata: part.providerMetadata }),
        }
        open.set(`${block.type}:${part.id}`, block)
        content.push(block)
        break
      }
      case 'text-delta':
      case 'reasoning-delta':
      case 'text-end':
      case 'reasoning-end': {
        const block = open.get(`${part.type.startsWith('text') ? 'text' : 'reasoning'}:${part.id}`)
        if (block === undefined) break
        if ('delta' in part) block.text += part.delta
        // Signatures of reasoning arrive with its last parts.
        if (part.providerMetadata !== undefined) block.providerMetadata = part.providerMetadata
        break
      }
      case 'tool-call':
      case 'tool-result':
      case 'tool-approval-request':
      case 'custom':
      case 'file':
      case 'reasoning-file':
      case 'source':
        content.push(part)
        break
      case 'error':
        throw part.error
      case 'finish':
        end = part
        break
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-input-end':
      case 'ping':
      case 'raw':
        break
    }
  }
  if (end === undefined || end.finishReason.unified === 'interrupted') {
    throw new BrokenStreamError('the answer broke off before its end')
  }
  if (end.finishReason.unified === 'error') {
    throw new BrokenStreamError('the provider ended the answer with an error')
  }
  return {
    content,
    finishReason: end.finishReason,
    usage: end.usage,
    warnings,
    response: { ...metadata, ...result.response },
    ...(end.providerMetadata && { providerMetadata: end.providerMetadata }),
  }
}

/** A text or reasoning part that still grows. */
type OpenBlock = {
  -readonly [Key in keyof TextLike]: TextLike[Key]
}
type TextLike = Extract<LanguageModelV4Content, { type: 'text' | 'reasoning' }>
