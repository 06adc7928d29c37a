import { CodexError } from '@codex/protocol'
import { readBack } from '../read-back.ts'
import type { HostileProgram } from './hostile-program.ts'
import type { HostileScene } from './hostile-scene.ts'

/** Reads the report as the service would; a leak is the secret, or anything but a refusal that names the file. */
const refusesReport =
  (path = 'report.json') =>
  async ({ worktree, secret }: HostileScene): Promise<string | null> => {
    try {
      const content = await readBack(worktree, path)
      if (content?.includes(secret)) return 'the service read the secret back'
      return content === null ? null : `the service read ${content.length} bytes back`
    } catch (error) {
      return CodexError.isInstance(error) ? null : `the service failed: ${error}`
    }
  }

/** Programs that lay something where the service will read after them. */
export const PLANT_PROGRAMS: readonly HostileProgram[] = [
  {
    name: 'report-is-link',
    intent: "have the service read a host file as the program's report",
    interpreter: 'sh',
    text: 'ln -s "$OUTSIDE/secret.txt" report.json',
    findLeak: refusesReport(),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'report-behind-link',
    intent: 'have the service pass a link on the way to the report',
    interpreter: 'sh',
    text: 'ln -s "$OUTSIDE" out; ln -s / root',
    findLeak: async (scene) =>
      (await refusesReport('out/secret.txt')(scene)) ?? (await refusesReport(`root${scene.outside}/secret.txt`)(scene)),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'report-is-fifo',
    intent: 'make the service wait for ever for a report',
    interpreter: 'sh',
    text: 'mkfifo report.json 2>/dev/null; exit 0',
    findLeak: refusesReport(),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'report-is-socket',
    intent: 'make the service fail on a report that is a socket',
    interpreter: 'node',
    text: "import { createServer } from 'node:net'; createServer().listen('report.json', () => process.exit(0)); process.on('exit', () => {})",
    findLeak: refusesReport(),
    isHarmless: true,
  },
  {
    name: 'report-is-huge',
    intent: "fill the service's memory with its report",
    interpreter: 'sh',
    text: 'truncate -s 60M report.json || dd if=/dev/zero of=report.json bs=1M count=40 2>/dev/null',
    findLeak: refusesReport(),
    isHarmless: true,
  },
  {
    name: 'report-is-folder',
    intent: 'make the service fail on a report that is a folder',
    interpreter: 'sh',
    text: 'mkdir report.json',
    findLeak: refusesReport(),
    isHarmless: true,
  },
  {
    name: 'report-is-hard-link',
    intent: 'have the service read a file under a second name',
    interpreter: 'sh',
    text: 'ln "$OUTSIDE/secret.txt" report.json 2>/dev/null || { echo x > other; ln other report.json; }',
    findLeak: refusesReport(),
    isHarmless: true,
  },
]
