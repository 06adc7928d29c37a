import { problem, toWireSchema } from '@codex/protocol'
import type { z } from 'zod'

/** Declares an answer in JSON, as the REST form of a schema. */
export function jsonResponse(schema: z.core.$ZodType, description: string) {
  return { description, content: { 'application/json': { schema: toWireSchema(schema) } } }
}

/** Declares an answer in JSON whose field names are a standard's and no matter of REST's spelling. */
export function standardResponse(schema: z.core.$ZodType, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** Declares an answer that is text. */
export function textResponse(schema: z.core.$ZodType, { type, description }: { type: string; description: string }) {
  return { description, content: { [type]: { schema } } }
}

/** Every route can answer with a problem document. */
export const problemResponse = {
  description: 'What went wrong, as RFC 9457 describes it; `code` is stable',
  content: { 'application/problem+json': { schema: toWireSchema(problem) } },
}
