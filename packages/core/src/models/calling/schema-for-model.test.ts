import { expect, test } from 'vitest'
import { z } from 'zod'
import { schemaForModel } from './schema-for-model.ts'

test.each([
  ['all properties required', z.object({ a: z.string(), b: z.array(z.object({ c: z.number().nullable() })) }), true],
  ['an optional property', z.object({ a: z.string().optional() }), false],
  ['an optional property deep inside', z.object({ a: z.array(z.object({ b: z.string().optional() })) }), false],
  ['free keys', z.object({ a: z.record(z.string(), z.string()) }), false],
  ['alternatives by a tag', z.object({ a: z.discriminatedUnion('t', [z.object({ t: z.literal('x') })]) }), false],
  ['a property named properties', z.object({ properties: z.string(), required: z.array(z.string()) }), true],
])('a schema with %s', async (_, schema, isStrict) => {
  expect(await schemaForModel(schema).isStrict).toBe(isStrict)
})

test('converts a schema once', () => {
  const schema = z.object({})
  expect(schemaForModel(schema)).toBe(schemaForModel(schema))
})
