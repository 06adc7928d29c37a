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
    containedBy: 'reading back opens without following links',
    interpreter: 'sh',
    text: 'ln -s "$OUTSIDE/secret.txt" report.json',
    findLeak: refusesReport(),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'report-behind-link',
    intent: 'have the service pass a link on the way to the report',
    containedBy: 'reading back opens without following links',
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
    containedBy: 'reading back takes regular files only, and never waits',
    interpreter: 'sh',
    text: 'mkfifo report.json 2>/dev/null; exit 0',
    findLeak: refusesReport(),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'report-is-socket',
    intent: 'make the service fail on a report that is a socket',
    containedBy: 'reading back takes regular files only, and never waits',
    interpreter: 'node',
    text: "import { createServer } from 'node:net'; createServer().listen('report.json', () => process.exit(0)); process.on('exit', () => {})",
    findLeak: refusesReport(),
    isHarmless: true,
  },
  {
    name: 'report-is-huge',
    intent: "fill the service's memory with its report",
    containedBy: 'reading back has a size limit',
    interpreter: 'sh',
    text: 'truncate -s 60M report.json || dd if=/dev/zero of=report.json bs=1M count=40 2>/dev/null',
    findLeak: refusesReport(),
    isHarmless: true,
  },
  {
    name: 'report-of-a-gigabyte',
    intent: "fill the service's memory with a report of 1 GB that takes no space on disk",
    containedBy: 'reading back has a size limit',
    interpreter: 'sh',
    text: 'truncate -s 1G report.json && exit 0; exit 1',
    limits: { fileBytes: 2 * 1024 ** 3 },
    findLeak: async (scene, result) => (result.exitCode === 0 ? await refusesReport()(scene) : 'did not run'),
    isHarmless: true,
  },
  {
    name: 'report-is-endless',
    intent: 'have the service read /dev/zero or its own memory',
    containedBy: 'reading back opens without following links',
    interpreter: 'sh',
    text: 'ln -s /dev/zero report.json; ln -s /proc/self/mem memory.json; ln -s /dev/stdin input.json',
    findLeak: async (scene) =>
      (await refusesReport()(scene)) ??
      (await refusesReport('memory.json')(scene)) ??
      (await refusesReport('input.json')(scene)),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'report-is-folder',
    intent: 'make the service fail on a report that is a folder',
    containedBy: 'reading back takes regular files only, and never waits',
    interpreter: 'sh',
    text: 'mkdir report.json',
    findLeak: refusesReport(),
    isHarmless: true,
  },
  {
    name: 'report-is-hard-link',
    intent: 'have the service read a file under a second name',
    containedBy: 'reading back takes files with one name only',
    interpreter: 'sh',
    text: 'ln "$OUTSIDE/secret.txt" report.json 2>/dev/null || { echo x > other; ln other report.json; }',
    findLeak: refusesReport(),
    isHarmless: true,
  },
  {
    name: 'forged-report',
    intent: 'pass off a report of its own making as that of the test runner',
    containedBy: 'nothing in the sandbox',
    residual:
      'tests run with the rights of their runner, so the sandbox cannot tell who wrote; the verification answers, see the residual above',
    interpreter: 'sh',
    text: `echo '{"numPassedTests":99,"numFailedTests":0,"success":true}' > report.json; echo 'Tests: 99 passed'; exit 0`,
    findLeak: async ({ worktree }, { exitCode, stdout }) => {
      const report = (await readBack(worktree, 'report.json'))?.toString()
      const isBelieved = exitCode === 0 && stdout.includes('99 passed') && report?.includes('"success":true') === true
      return isBelieved ? 'exit code, output and report all say that 99 tests passed' : null
    },
    isFast: true,
    isHarmless: true,
  },
]
