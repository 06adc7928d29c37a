/**
 * Reads an environment variable where the runtime has an environment and lets us look.
 * @returns undefined in browsers, where the variable is unset or empty, and where reading it is not permitted (Deno)
 */
export function readEnvironment(name: 'CODEX_URL' | 'CODEX_API_KEY'): string | undefined {
  try {
    return globalThis.process?.env?.[name] || undefined
  } catch {
    // Deno without --allow-env throws; a forbidden environment is the same as none
    return undefined
  }
}
