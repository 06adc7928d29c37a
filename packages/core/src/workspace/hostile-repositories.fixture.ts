import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createWorkspaceManager } from './create-workspace-manager.ts'
import { makeRepository, plainGit, temporaryFolder } from './workspace.fixture.ts'
import type { FileEdit, Workspace } from './workspace.ts'

/** Where and how a hostile repository shows that something of it ran. */
export interface Trap {
  readonly repository: string
  /** Folder outside of the repository, for scripts. */
  readonly scripts: string
  /** Shell command that leaves a marker. */
  mark(name: string): string
}

const HOOKS = [
  ...['pre-commit', 'post-commit', 'commit-msg', 'prepare-commit-msg', 'post-index-change', 'post-checkout'],
  ...['reference-transaction', 'pre-push', 'post-merge', 'pre-auto-gc', 'applypatch-msg', 'pre-applypatch'],
  ...['post-applypatch', 'pre-rebase'],
]

function configure({ repository }: Trap, ...pairs: readonly (readonly [name: string, value: string])[]): void {
  for (const [name, value] of pairs) plainGit(repository, 'config', name, value)
}

function attribute({ repository }: Trap, attributes: string): void {
  writeFileSync(join(repository, '.gitattributes'), `* ${attributes}\n`)
}

function script(path: string, body: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

function nestedRepository(trap: Trap, name: string, marker: string): string {
  const nested = join(trap.repository, name)
  makeRepository(nested, { inside: '1\n' })
  plainGit(nested, 'config', 'core.fsmonitor', `${trap.mark(marker)}; false`)
  return nested
}

/** Ways known to us in which a repository makes git run a program of its choice. */
export const HOSTILE_REPOSITORIES: Readonly<Record<string, (trap: Trap) => void>> = {
  'core.fsmonitor': (trap) => configure(trap, ['core.fsmonitor', `${trap.mark('fsmonitor')}; false`]),
  'hooks in .git/hooks': (trap) => {
    for (const hook of HOOKS) script(join(trap.repository, '.git/hooks', hook), trap.mark(`hook-${hook}`))
  },
  'core.hooksPath in the worktree': (trap) => {
    for (const hook of HOOKS) script(join(trap.repository, 'evil-hooks', hook), trap.mark(`hooks-path-${hook}`))
    configure(trap, ['core.hooksPath', 'evil-hooks'])
  },
  'filter clean and smudge': (trap) => {
    configure(
      trap,
      ['filter.x.clean', `${trap.mark('clean')}; cat`],
      ['filter.x.smudge', `${trap.mark('smudge')}; cat`],
    )
    attribute(trap, 'filter=x')
  },
  'filter process': (trap) => {
    configure(trap, ['filter.p.process', trap.mark('filter-process')])
    attribute(trap, 'filter=p')
  },
  'diff.external': (trap) => configure(trap, ['diff.external', `${trap.mark('diff-external')}; true`]),
  'diff driver command': (trap) => {
    configure(trap, ['diff.y.command', `${trap.mark('diff-command')}; true`])
    attribute(trap, 'diff=y')
  },
  'diff driver textconv': (trap) => {
    configure(trap, ['diff.z.textconv', `${trap.mark('textconv')}; cat`])
    attribute(trap, 'diff=z')
  },
  'merge driver': (trap) => {
    configure(trap, ['merge.m.driver', `${trap.mark('merge-driver')}; true`])
    attribute(trap, 'merge=m')
  },
  'gpg.program with commit.gpgSign': (trap) => {
    const program = script(join(trap.scripts, 'gpg.sh'), trap.mark('gpg'))
    configure(trap, ['gpg.program', program], ['commit.gpgSign', 'true'], ['log.showSignature', 'true'])
  },
  'core.editor': (trap) =>
    configure(trap, ['core.editor', trap.mark('editor')], ['sequence.editor', trap.mark('sequence-editor')]),
  'core.pager': (trap) =>
    configure(trap, ['core.pager', trap.mark('pager')], ['pager.log', 'true'], ['pager.diff', 'true']),
  'core.sshCommand': (trap) =>
    configure(trap, ['core.sshCommand', trap.mark('ssh')], ['remote.origin.url', 'ssh://localhost/x']),
  'remote over ext::': (trap) =>
    configure(
      trap,
      ['remote.origin.url', `ext::sh -c ${trap.mark('ext').replaceAll(' ', '% ')}`],
      ['protocol.ext.allow', 'always'],
    ),
  'remote.uploadpack': (trap) => {
    const bare = join(trap.scripts, 'bare.git')
    plainGit('/', 'init', '-q', '--bare', bare)
    configure(
      trap,
      ['remote.origin.url', bare],
      ['remote.origin.uploadpack', `${trap.mark('uploadpack')}; git-upload-pack`],
    )
  },
  'uploadpack.packObjectsHook': (trap) =>
    configure(trap, ['uploadpack.packObjectsHook', trap.mark('pack-objects-hook')]),
  'core.alternateRefsCommand': (trap) => {
    plainGit('/', 'init', '-q', '--bare', join(trap.scripts, 'alternate.git'))
    writeFileSync(
      join(trap.repository, '.git/objects/info/alternates'),
      `${join(trap.scripts, 'alternate.git/objects')}\n`,
    )
    configure(trap, ['core.alternateRefsCommand', trap.mark('alternate-refs')])
  },
  'credential.helper and core.askPass': (trap) => {
    const program = script(join(trap.scripts, 'ask.sh'), trap.mark('askpass'))
    configure(trap, ['credential.helper', `!${trap.mark('credential-helper')}`], ['core.askPass', program])
    configure(trap, ['remote.origin.url', 'http://127.0.0.1:1/x'])
  },
  'include.path into the worktree': (trap) => {
    writeFileSync(join(trap.repository, 'evil.cfg'), `[core]\n\tfsmonitor = "${trap.mark('include')}; false"\n`)
    configure(trap, ['include.path', '../evil.cfg'])
  },
  'core.worktree elsewhere': (trap) => {
    const elsewhere = join(trap.scripts, 'elsewhere')
    mkdirSync(elsewhere)
    configure(trap, ['core.worktree', elsewhere])
  },
  'submodule with its own fsmonitor': (trap) => {
    nestedRepository(trap, 'sub', 'submodule-fsmonitor')
    writeFileSync(join(trap.repository, '.gitmodules'), '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n')
    configure(trap, ['submodule.sub.url', 'x'], ['submodule.sub.active', 'true'])
    plainGit(trap.repository, '-c', 'core.fsmonitor=false', 'add', 'sub')
  },
  'untracked nested repository with fsmonitor': (trap) => {
    nestedRepository(trap, 'deep/nested', 'nested-fsmonitor')
  },
  '.git file that points into the worktree': (trap) => {
    renameSync(join(trap.repository, '.git'), join(trap.repository, 'evil-git'))
    writeFileSync(join(trap.repository, '.git'), 'gitdir: evil-git\n')
    configure(trap, ['core.fsmonitor', `${trap.mark('git-file')}; false`])
  },
  'alias that shadows a command': (trap) => configure(trap, ['alias.status', `!${trap.mark('alias')}`]),
  'extensions.worktreeConfig': (trap) => {
    configure(trap, ['extensions.worktreeConfig', 'true'])
    const content = `[core]\n\tfsmonitor = "${trap.mark('worktree-config')}; false"\n`
    writeFileSync(join(trap.repository, '.git/config.worktree'), content)
  },
  'trailer command': (trap) => configure(trap, ['trailer.x.command', trap.mark('trailer')]),
}

/** A repository with a vector planted, and what shows whether it fired. */
export function setTrap(
  folder: string,
  plant: (trap: Trap) => void,
): { readonly repository: string; readonly fired: () => string[] } {
  const marks = join(folder, 'marks')
  const scripts = join(folder, 'scripts')
  const repository = join(folder, 'hostile')
  mkdirSync(marks)
  mkdirSync(scripts)
  makeRepository(repository, { 'a.txt': 'one\n', 'b.txt': 'two\n' })
  plant({ repository, scripts, mark: (name) => `touch ${join(marks, name)}` })
  return {
    repository,
    fired: () => [
      ...readdirSync(marks),
      ...(existsSync(join(scripts, 'elsewhere', 'a.txt')) ? ['wrote through core.worktree'] : []),
    ],
  }
}

/** Does with a workspace everything that a run does; returns what changed between the first state and the last. */
export async function useWorkspace(workspace: Workspace): Promise<readonly FileEdit[]> {
  const first = await workspace.commit('first')
  await workspace.writeFile('a.txt', 'changed\n')
  await workspace.writeFile('new.txt', 'new\n')
  await workspace.listFiles()
  await workspace.listIgnoredFiles()
  await workspace.search('changed')
  const second = await workspace.commit('second')
  const edits = await workspace.diff(first.tree, second.tree)
  await workspace.patch(first.tree, second.tree)
  await workspace.restore(workspace.baseTree)
  await workspace.restore(second.tree)
  await workspace.treeHash()
  return edits
}

/** Has a command leave a hostile repository in a run's worktree and works with it; returns what went wrong, or null. */
export async function attackWorktree(plant: (trap: Trap) => void): Promise<string | null> {
  using folder = temporaryFolder()
  const trap = setTrap(folder.path, plant)
  const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs') })
  const workspace = await manager.open('run', { kind: 'empty' })
  cpSync(trap.repository, workspace.worktree, { recursive: true, verbatimSymlinks: true })
  if (trap.fired().length > 0) return `fired while it was planted: ${trap.fired().join()}`
  const edits = await useWorkspace(workspace)
  await (await manager.open('run', { kind: 'empty' })).treeHash()
  return findFault(trap.fired(), edits, ['a.txt', 'new.txt'])
}

/** Makes a run from a hostile repository, by path and by URL, and works with it; returns what went wrong, or null. */
export async function attackSource(plant: (trap: Trap) => void): Promise<string | null> {
  using folder = temporaryFolder()
  const trap = setTrap(folder.path, plant)
  const manager = createWorkspaceManager({ rootDir: join(folder.path, 'runs') })
  const workspace = await manager.open('run', { kind: 'repository', location: trap.repository })
  const byUrl = await manager.open('other', { kind: 'repository', location: `file://${trap.repository}`, ref: 'main' })
  await workspace.writeFile('a.txt', 'changed\n')
  const { tree } = await workspace.commit('change')
  if (byUrl.baseTree !== workspace.baseTree) return 'path and URL gave different trees'
  return findFault(trap.fired(), await workspace.diff(workspace.baseTree, tree), ['a.txt'])
}

function findFault(fired: readonly string[], edits: readonly FileEdit[], expected: readonly string[]): string | null {
  if (fired.length > 0) return `the service ran ${fired.join(', ')}`
  const paths = edits.map(({ path }) => path)
  return paths.join() === expected.join() ? null : `the diff shows ${paths.join(', ')}`
}
