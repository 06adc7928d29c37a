import { z } from 'zod'

/** A validator's findings in words that a model can act on: one line an issue with its path. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => `- ${issue.path.length === 0 ? '(whole value)' : issue.path.join('.')}: ${issue.message}`)
    .join('\n')
}

/**
 * Says what is wrong with a tool call's input, without repeating the input.
 * @param error what the library found: no such tool, no JSON, or a value that breaks the schema
 */
export function describeInvalidInput(error: unknown): string {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof z.core.$ZodError) {
      return `The input does not fit the tool's schema:\n${describeIssues(new z.ZodError(current.issues))}`
    }
    if (current.name === 'AI_NoSuchToolError') return current.message
    if (current.name === 'AI_JSONParseError') return 'The input is not valid JSON.'
  }
  return 'The input does not fit the tool.'
}
