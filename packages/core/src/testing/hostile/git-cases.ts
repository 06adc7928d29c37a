import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { HOSTILE_LIMITS } from '../../sandbox/hostile/hostile-limits.ts'
import { type SandboxDriver, sandboxIdentity } from '../../sandbox/index.ts'
import { createWorkspaceManager } from '../../workspace/create-workspace-manager.ts'
import {
  attackSource,
  attackWorktree,
  HOSTILE_REPOSITORIES,
  useWorkspace,
} from '../../workspace/hostile-repositories.fixture.ts'
import { temporaryFolder } from '../../workspace/workspace.fixture.ts'
import { GIT_GAMES } from './git-games.ts'
import { type HostileCase, toJudgement } from './hostile-case.ts'

const VECTORS = Object.entries(HOSTILE_REPOSITORIES)

/** Repositories and commands that want git to run a program for them, hide what they changed, or write elsewhere. */
export const GIT_CASES: readonly HostileCase[] = [
  {
    group: 'git: planted in a worktree',
    name: 'git-plant',
    intent: 'leave a repository whose hooks, fsmonitor, filter, textconv and diff program run when the service looks',
    containedBy: 'the git directory lies out of reach, and every door to programs is closed on the command line',
    judge: async (driver) => toJudgement(await attackFromSandbox(driver)),
  },
  ...VECTORS.map(
    ([name, plant]): HostileCase => ({
      group: 'git: planted in a worktree',
      name,
      intent: 'run a program when the service takes a snapshot, compares, searches or restores',
      containedBy: 'the git directory lies out of reach; hardened command line and attributes',
      judge: async () => toJudgement(await attackWorktree(plant)),
    }),
  ),
  ...VECTORS.map(
    ([name, plant]): HostileCase => ({
      group: 'git: source of a run',
      name,
      intent: 'run a program when the service fetches the repository and works with it',
      containedBy: 'objects alone are taken over; hardened command line, no configuration of the source',
      judge: async () => toJudgement(await attackSource(plant)),
    }),
  ),
  ...GIT_GAMES,
]

/** Written by hand, so that it needs no git in the sandbox. */
const PLANT = `mkdir -p .git/hooks .git/objects .git/refs; echo 'ref: refs/heads/main' > .git/HEAD
for hook in pre-commit post-index-change post-checkout reference-transaction; do
  printf '#!/bin/sh\\ntouch %s/hook\\n' "$MARKS" > .git/hooks/$hook; chmod 755 .git/hooks/$hook; done
cat > .git/config <<END
[core]
	fsmonitor = "touch $MARKS/fsmonitor; false"
	hooksPath = .git/hooks
[filter "x"]
	clean = "touch $MARKS/clean; cat"
	smudge = "touch $MARKS/smudge; cat"
[diff "y"]
	textconv = "touch $MARKS/textconv; cat"
[diff]
	external = "touch $MARKS/external; true"
END
echo '* filter=x diff=y' > .gitattributes; mkdir -p deep; cp -R .git deep/.git; echo one > a.txt; echo one > deep/b.txt
for d in .. ../git ../../marks; do (echo > "$d/from-inside") 2>/dev/null; done
cat ../git/HEAD ../git/config 2>/dev/null && echo LEAK the git directory of the run; exit 0`

async function attackFromSandbox(driver: SandboxDriver): Promise<string | null> {
  using folder = temporaryFolder()
  const identity = sandboxIdentity()
  chmodSync(folder.path, 0o755) // the sandbox's user passes through
  const marks = join(folder.path, 'marks')
  const rootDir = join(folder.path, 'runs')
  const manager = createWorkspaceManager({
    rootDir,
    ...(identity === null ? {} : { sandboxOwner: { uid: identity, gid: identity } }),
  })
  const workspace = await manager.open('run', { kind: 'empty' })
  mkdirSync(marks)
  chmodSync(marks, 0o777)
  chmodSync(rootDir, 0o755)
  const result = await driver.run(
    { argv: ['/bin/sh', '-c', PLANT], env: { MARKS: marks } },
    { worktree: workspace.worktree, network: 'none', limits: HOSTILE_LIMITS },
  )
  const said = /^LEAK (.*)$/m.exec(result.stdout)?.[1]
  if (said !== undefined) return said
  if (result.exitCode !== 0) return `did not run: ${result.stderr}`
  const paths = (await useWorkspace(workspace)).map(({ path }) => path)
  const fired = readdirSync(marks)
  if (fired.length > 0) return `the service ran ${fired.join(', ')}`
  if (paths.join() !== 'a.txt,new.txt') return `the diff shows ${paths.join(', ')}`
  const files = (await workspace.listFiles()).join()
  return files === '.gitattributes,a.txt,deep/b.txt,new.txt' ? null : `the tree holds ${files}`
}
