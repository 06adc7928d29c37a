import { z } from 'zod'

/** Any JSON value. */
export const jsonValue = z.json()
export type JsonValue = z.infer<typeof jsonValue>

/** A JSON object whose keys belong to the caller and are never renamed between REST and the SDK. */
export const jsonObject = z.record(z.string(), jsonValue)
export type JsonObject = z.infer<typeof jsonObject>
