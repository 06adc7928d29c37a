import type { ModelProvider } from '../provider.ts'
import { anthropic } from './anthropic.ts'
import { builtin } from './builtin.ts'
import { google } from './google.ts'
import { lmstudio } from './lmstudio.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { vllm } from './vllm.ts'

/** Every provider; local servers are asked, and win, in this order. */
export const PROVIDERS: readonly ModelProvider[] = [
  anthropic,
  openai,
  openaiChat,
  openaiResponses,
  google,
  ollama,
  lmstudio,
  vllm,
  builtin,
]
