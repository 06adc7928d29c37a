import { z } from 'zod'
import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'

const manifest = z.object({ scripts: z.record(z.string(), z.string()) }).partial()

const RUNS_NOTHING =
  /^\s*(echo\b(?!.*(&&|;)\s*(npm|pnpm|yarn|node|npx|vitest|jest|mocha))|true\b|:|exit\s+0|cat\b|printf\b|node\s+-e\b|sleep\b|$)/
const HIDES_FAILURE = /\|\|\s*(true|:|exit\s+0|echo\b)|;\s*(exit\s+0|true)\s*$|--passWithNoTests|--pass-with-no-tests/
const NARROWS =
  /--(testPathIgnorePatterns|exclude|ignore|test-skip-pattern|testNamePattern|test-name-pattern|bail|retry|retries|forceExit|grep|fgrep|shard|changed|onlyChanged|deselect|update|updateSnapshot|test-only)\b|\s-[tgku]\b/g
/** What `npm init` writes. */
const PLACEHOLDER = /no test specified/

/** Finds a test script that runs less than it did. */
export function compareTestScript(path: string, before: string | null, after: string | null): IntegrityFinding[] {
  const old = testScript(before)
  const now = testScript(after)
  if (old === null || PLACEHOLDER.test(old) || RUNS_NOTHING.test(old) || old === now) return []
  const place = { path, line: lineOfScript(after) }
  if (now === null || RUNS_NOTHING.test(now)) {
    const message = `The test script was "${cut(old)}" and ${now === null ? 'is gone' : `is "${cut(now)}", which runs no tests`}.`
    return [integrityFinding('test_script_disabled', 'high', place, message)]
  }
  if (HIDES_FAILURE.test(now) && !HIDES_FAILURE.test(old)) {
    return [
      integrityFinding(
        'test_script_disabled',
        'high',
        place,
        `The test script "${cut(now)}" ends well whatever the tests do.`,
      ),
    ]
  }
  const flags = (now.match(NARROWS) ?? []).filter((flag) => !old.includes(flag.trim()))
  if (flags.length === 0) return []
  const message = `The test script got ${flags.map((flag) => flag.trim()).join(', ')}: "${cut(now)}".`
  return [integrityFinding('test_script_changed', 'medium', place, message)]
}

function testScript(text: string | null): string | null {
  if (text === null) return null
  try {
    return manifest.parse(JSON.parse(text)).scripts?.['test']?.slice(0, 2_000) ?? null
  } catch {
    // the package manager says what is wrong with it
    return null
  }
}

function lineOfScript(text: string | null): number {
  const at = text?.search(/"test"\s*:/) ?? -1
  return text === null || at < 0 ? 1 : text.slice(0, at).split('\n').length
}

function cut(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`
}
