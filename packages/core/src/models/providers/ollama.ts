import { z } from 'zod'
import { defineLocalServer } from '../local-server.ts'
import { textModelNames } from '../model-listing.ts'

const tags = z.object({ models: z.array(z.object({ name: z.string() })) })

/** @see https://github.com/ollama/ollama/blob/main/docs/api.md for `/api/tags` */
export const ollama = defineLocalServer({
  id: 'ollama',
  title: 'Ollama',
  variables: { apiKey: [], baseUrl: ['OLLAMA_BASE_URL'], model: ['OLLAMA_MODEL'] },
  address: 'http://127.0.0.1:11434',
  listing: (baseUrl) => ({
    url: `${baseUrl.replace(/\/v1$/, '')}/api/tags`,
    readNames: (body) => {
      const parsed = tags.safeParse(body)
      return parsed.success ? textModelNames(parsed.data.models.map((model) => model.name)) : null
    },
  }),
})
