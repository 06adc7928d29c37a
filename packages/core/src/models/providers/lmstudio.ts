import { defineLocalServer } from '../local-server.ts'
import { openAiListing } from '../model-listing.ts'

export const lmstudio = defineLocalServer({
  id: 'lmstudio',
  title: 'LM Studio',
  variables: { apiKey: [], baseUrl: ['LMSTUDIO_BASE_URL'], model: ['LMSTUDIO_MODEL'] },
  address: 'http://127.0.0.1:1234',
  listing: openAiListing,
})
