import { z } from 'zod'
import type { ModelListing } from './provider.ts'

const openAiList = z.object({ data: z.array(z.object({ id: z.string() })) })

/** Models that answer with vectors, speech or pictures, not with text. */
const NOT_FOR_TEXT = /embed|whisper|tts|rerank|moderation|dall-e|image|transcribe|audio|realtime/i

/** Keeps the names of models that can hold a conversation. */
export function textModelNames(names: readonly string[]): readonly string[] {
  return names.filter((name) => !NOT_FOR_TEXT.test(name))
}

/** `GET {baseUrl}/models` of OpenAI and the servers that copy it. */
export function openAiListing(baseUrl: string, apiKey: string | undefined): ModelListing {
  return {
    url: `${baseUrl}/models`,
    ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
    readNames: (body) => {
      const parsed = openAiList.safeParse(body)
      return parsed.success ? textModelNames(parsed.data.data.map((model) => model.id)) : null
    },
  }
}
