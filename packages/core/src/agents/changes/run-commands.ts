import type { ChangesArtifact } from '@codex/protocol'
import type { CodeReport } from './code-report.ts'
import type { PackageJson } from './package-json.ts'

const NPM_SCRIPT = /^(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(start|test|[\w:-]+)\b/
/** Words after `npm` that are commands of its own and not scripts. */
const OWN_COMMANDS: ReadonlySet<string> = new Set(['install', 'i', 'ci', 'add', 'exec', 'init', 'run', 'x', 'dlx'])

/**
 * The commands to install, start and test: as reported, without those that call a script which package.json does not
 * have, completed from package.json's own scripts.
 */
export function resolveRunCommands(
  reported: CodeReport['run'],
  packageJson: PackageJson | null,
): { readonly run: ChangesArtifact['run']; readonly warnings: string[] } {
  const run: ChangesArtifact['run'] = {}
  const warnings: string[] = []
  for (const purpose of ['install', 'start', 'test'] as const) {
    const command = reported[purpose]?.trim() ?? ''
    const script = NPM_SCRIPT.exec(command)?.[1]
    if (command === '') continue
    if (packageJson !== null && script !== undefined && !OWN_COMMANDS.has(script) && !(script in packageJson.scripts)) {
      warnings.push(`The agent reported "${command}", but package.json has no script "${script}"`)
    } else run[purpose] = command
  }
  if (packageJson !== null) {
    if ('start' in packageJson.scripts) run.start ??= 'npm start'
    if ('test' in packageJson.scripts) run.test ??= 'npm test'
    const declares = [packageJson.dependencies, packageJson.devDependencies].some(
      (group) => Object.keys(group).length > 0,
    )
    if (declares) run.install ??= 'npm install'
  }
  return { run, warnings }
}
