import { findMatches, type ReviewRule } from '../review-rule.ts'

const SERVER = /['"](?:node:)?https?2?['"]|['"](?:express|fastify|hono|koa|@hapi\/hapi|@hono\/node-server)['"]/

/** Blocking file and process calls inside the functions of a server. */
export const syncIoInHandler: ReviewRule = {
  id: 'sync-io-in-handler',
  category: 'performance',
  severity: 'medium',
  suggestion: 'Use the promise version (node:fs/promises) and await it.',
  *find(file) {
    if (!SERVER.test(file.withStrings)) return
    const calls =
      /\b(?:readFile|writeFile|appendFile|readdir|stat|exists|mkdir|unlink|rm|copyFile|execFile|exec|spawn|pbkdf2|scrypt)Sync\s*\(/g
    yield* findMatches(file, 'code', calls, (match) =>
      depthAt(file.code, match.index) > 0
        ? 'A blocking call stands in a function of a server; every other request waits for it.'
        : null,
    )
  },
}

function depthAt(code: string, offset: number): number {
  let depth = 0
  for (const character of code.slice(0, offset)) {
    if (character === '{') depth += 1
    else if (character === '}') depth -= 1
  }
  return depth
}
