import { defineLocalServer } from '../local-server.ts'
import { openAiListing } from '../model-listing.ts'

export const vllm = defineLocalServer({
  id: 'vllm',
  title: 'vLLM',
  variables: { apiKey: ['VLLM_API_KEY'], baseUrl: ['VLLM_BASE_URL'], model: ['VLLM_MODEL'] },
  address: 'http://127.0.0.1:8000',
  listing: openAiListing,
})
