import { z } from 'zod'

/** Any JSON value; spelled out, because zod's own name for it must not reach the SDK's public types. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }
export const jsonValue: z.ZodType<JsonValue, JsonValue> = z.json()

/** A JSON object whose keys belong to the caller and are never renamed between REST and the SDK. */
export const jsonObject = z.record(z.string(), jsonValue)
export type JsonObject = z.infer<typeof jsonObject>
