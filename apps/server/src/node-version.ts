/** The oldest release that has everything which the server uses. */
const OLDEST = { major: 22, minor: 19 }

/**
 * What is wrong with the running version of Node.js and what to do about it.
 * @param version as `process.versions.node` has it
 * @returns null when it is new enough
 */
export function findNodeProblem(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return null
  return (
    `it needs Node.js ${OLDEST.major}.${OLDEST.minor} or newer and was started with ${version}. Install Node.js 24 ` +
    '(https://nodejs.org), or run "npx -y pnpm@12 start", which brings its own on Linux'
  )
}
