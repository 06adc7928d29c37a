import { invalidRequest } from '@codex/protocol'
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'
import { coerceQuery } from './coerce-query.ts'

/** Validates what a route declares; failures are INVALID_REQUEST with paths in the REST spelling. */
export const validateRequest: FastifySchemaCompiler<z.core.$ZodType> = ({ schema, httpPart }) => {
  const isQuery = httpPart === 'querystring'
  return (data) => {
    const parsed = z.safeParse(schema, isQuery ? coerceQuery(schema, data) : data)
    return parsed.success ? { value: parsed.data } : { error: invalidRequest(parsed.error) }
  }
}

/** Answers are built by {@link toWire} from values that their procedure has validated; only JSON is left to make. */
export const serializeResponse: FastifySerializerCompiler<unknown> = () => (data) => JSON.stringify(data)
