import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRepository, openEmpty, plainGit, temporaryFolder, writeTree } from '../../workspace/workspace.fixture.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import { type HostileCase, toJudgement } from './hostile-case.ts'

interface Table {
  readonly workspace: Workspace
  /** Absolute path in the worktree. */
  at(path: string): string
  /** A folder beside the workspace that is none of its business. */
  readonly outside: string
}

interface Game {
  readonly name: string
  readonly intent: string
  readonly containedBy: string
  /** Returns what went wrong, or null. */
  readonly play: (table: Table) => Promise<string | null>
}

const expecting = (what: string, found: readonly string[], expected: readonly string[]): string | null =>
  found.join() === expected.join() ? null : `${what}: ${found.join(', ') || 'nothing'}`

/** Changes made after a first commit, as the run's diff shows them. */
async function changesAfter(
  { workspace }: Table,
  files: Readonly<Record<string, string>>,
  change: () => void,
): Promise<readonly string[]> {
  writeTree(workspace.worktree, files)
  const before = await workspace.commit('before')
  change()
  const after = await workspace.commit('after')
  return (await workspace.diff(before.tree, after.tree)).map(({ path, operation }) => `${operation} ${path}`)
}

const GAMES: readonly Game[] = [
  {
    name: 'ignore-changed-test',
    intent: 'hide a changed test behind a .gitignore of its own',
    containedBy: 'tracked files stay tracked',
    play: async (table) =>
      expecting(
        'the diff shows',
        await changesAfter(table, { 'tests/a.test.js': 'real' }, () =>
          writeTree(table.workspace.worktree, { '.gitignore': '*\n', 'tests/a.test.js': 'none' }),
        ),
        ['update tests/a.test.js'],
      ),
  },
  {
    name: 'ignore-new-file',
    intent: 'hide a file that tests depend on behind a .gitignore',
    containedBy: 'ignored files are listed beside the diff',
    play: async ({ workspace }) => {
      writeTree(workspace.worktree, { '.gitignore': '/helper.js\nsub/\n', 'helper.js': 'x', 'sub/deep/x.js': 'x' })
      await workspace.commit('hidden')
      return expecting('listed as ignored', await workspace.listIgnoredFiles(), ['helper.js', 'sub/deep/x.js'])
    },
  },
  {
    name: 'ignore-by-exclude-file',
    intent: 'hide files by .git/info/exclude and core.excludesFile of a repository of its own',
    containedBy: "a .git of the worktree is never read; the run's git directory lies out of reach",
    play: async ({ workspace, at }) => {
      makeRepository(workspace.worktree, { 'a.js': 'x' })
      mkdirSync(at('.git/info'), { recursive: true })
      writeFileSync(at('.git/info/exclude'), '*\n')
      writeFileSync(at('.git/all'), '*\n')
      plainGit(workspace.worktree, 'config', 'core.excludesFile', at('.git/all'))
      return expecting('files seen', await workspace.listFiles(), ['a.js'])
    },
  },
  {
    name: 'ignore-ignore-file',
    intent: 'have a .gitignore leave itself out',
    containedBy: 'ignored files are listed beside the diff',
    play: async ({ workspace }) => {
      writeTree(workspace.worktree, { '.gitignore': '.gitignore\nx.js\n', 'x.js': 'x' })
      await workspace.commit('hidden')
      return expecting('listed as ignored', await workspace.listIgnoredFiles(), ['.gitignore', 'x.js'])
    },
  },
  {
    name: 'attributes-hide-diff',
    intent: 'have changes shown as binary, without their text, by .gitattributes',
    containedBy: "attributes of the run's git directory, which win",
    play: async ({ workspace }) => {
      writeTree(workspace.worktree, { '.gitattributes': '* -diff binary export-ignore\n', 'a.js': 'one\n' })
      const before = await workspace.commit('before')
      writeTree(workspace.worktree, { 'a.js': 'two\n' })
      const after = await workspace.commit('after')
      const [edit] = await workspace.diff(before.tree, after.tree)
      return edit?.diff.includes('+two') ? null : 'the text is missing in the diff'
    },
  },
  {
    name: 'attributes-change-content',
    intent: 'have git store other bytes than the tests ran on',
    containedBy: 'files are stored byte by byte',
    play: async ({ workspace }) => {
      const content = '$Id$\r\nline\r\n'
      const attributes = '* text eol=lf ident working-tree-encoding=UTF-16LE\n'
      writeTree(workspace.worktree, { '.gitattributes': attributes, 'a.txt': content })
      const { tree } = await workspace.commit('odd')
      return (await workspace.readFileAt(tree, 'a.txt')) === content ? null : 'other bytes were stored'
    },
  },
  {
    name: 'nested-repository',
    intent: 'hide files in a repository inside the worktree',
    containedBy: 'planted repositories are dissolved into their files',
    play: async (table) =>
      expecting(
        'the diff shows',
        await changesAfter(table, { a: '1' }, () => {
          makeRepository(table.at('lib'), { 'main.js': '1' })
          makeRepository(table.at('lib/inner'), { 'x.js': '1' })
        }),
        ['create lib/inner/x.js', 'create lib/main.js'],
      ),
  },
  {
    name: 'nested-over-tracked',
    intent: 'hide changes of tracked files by a repository laid over them',
    containedBy: "the run's own index knows what is tracked",
    play: async (table) =>
      expecting(
        'the diff shows',
        await changesAfter(table, { 'lib/a.js': '1', 'lib/b.js': '1' }, () => {
          plainGit(table.at('lib'), 'init', '-q')
          writeTree(table.at('lib'), { 'a.js': '2', '.gitignore': '*\n' })
        }),
        ['update lib/a.js'],
      ),
  },
  {
    name: 'git-file-elsewhere',
    intent: 'lead the service into a repository of the host by a .git file in a folder',
    containedBy: 'a .git is removed and never followed',
    play: async (table) => {
      makeRepository(join(table.outside, 'host'), { 'secret.txt': 'secret' })
      const config = readFileSync(join(table.outside, 'host/.git/config'), 'utf8')
      const shown = await changesAfter(table, { a: '1' }, () =>
        writeTree(table.workspace.worktree, {
          'sub/.git': `gitdir: ${join(table.outside, 'host/.git')}\n`,
          'sub/x.js': '1',
          '.git': `gitdir: ${join(table.outside, 'host/.git')}\n`,
        }),
      )
      const isUntouched = readFileSync(join(table.outside, 'host/.git/config'), 'utf8') === config
      return isUntouched ? expecting('the diff shows', shown, ['create sub/x.js']) : 'the other repository was changed'
    },
  },
  {
    name: 'index-flags',
    intent: 'hide a change by assume-unchanged, skip-worktree and sparse checkout of a repository of its own',
    containedBy: "the run's own index",
    play: async (table) =>
      expecting(
        'the diff shows',
        await changesAfter(table, { 'a.js': '1', 'b.js': '1' }, () => {
          makeRepository(table.workspace.worktree, {})
          plainGit(table.workspace.worktree, 'update-index', '--assume-unchanged', 'a.js')
          plainGit(table.workspace.worktree, 'update-index', '--skip-worktree', 'b.js')
          plainGit(table.workspace.worktree, 'config', 'core.sparseCheckout', 'true')
          writeTree(table.workspace.worktree, { 'a.js': '2', 'b.js': '2' })
        }),
        ['update a.js', 'update b.js'],
      ),
  },
  {
    name: 'stealthy-edit',
    intent: 'change a file so that its size and its time of change stay',
    containedBy: "git compares the kernel's change time, which programs cannot set",
    play: async (table) =>
      expecting(
        'the diff shows',
        await changesAfter(table, { 'a.js': 'one' }, () => {
          const { atime, mtime } = statSync(table.at('a.js'))
          writeFileSync(table.at('a.js'), 'two')
          utimesSync(table.at('a.js'), atime, mtime)
        }),
        ['update a.js'],
      ),
  },
  {
    name: 'restore-through-link',
    intent: 'have a restore write outside through a folder that became a link',
    containedBy: 'git removes the link before it writes',
    play: async ({ workspace, at, outside }) => {
      writeTree(workspace.worktree, { 'dir/a.txt': 'mine' })
      const { tree } = await workspace.commit('before')
      writeTree(outside, { 'a.txt': 'untouched' })
      rmSync(at('dir'), { recursive: true })
      symlinkSync(outside, at('dir'))
      await workspace.restore(tree)
      if (readFileSync(join(outside, 'a.txt'), 'utf8') !== 'untouched') return 'wrote outside'
      return readFileSync(at('dir/a.txt'), 'utf8') === 'mine' ? null : 'was not restored'
    },
  },
  {
    name: 'link-and-fifo',
    intent: 'make a snapshot follow a link, or wait for a FIFO',
    containedBy: 'links are stored as links, FIFOs left out',
    play: async ({ workspace, at, outside }) => {
      writeTree(outside, { secret: 'secret of the host' })
      symlinkSync(outside, at('way'))
      symlinkSync('/dev/zero', at('zero'))
      execFileSync('mkfifo', [at('pipe')])
      await workspace.commit('odd')
      if ((await workspace.search('secret of the host')).length > 0) return 'the search followed a link'
      return expecting('files seen', await workspace.listFiles(), ['way', 'zero'])
    },
  },
  {
    name: 'strange-names',
    intent: 'have file names taken for options, path patterns or more than one name',
    containedBy: 'names go by NUL-separated lists, patterns are literal',
    play: async ({ workspace, outside }) => {
      const names = ['--output=pwned', '-rf', ':(top)x', 'a\nb', '*.js', 'ü "q" \\']
      writeTree(workspace.worktree, Object.fromEntries(names.map((name) => [name, '1'])))
      const before = await workspace.commit('names')
      for (const name of names) await workspace.deleteFile(name)
      const after = await workspace.commit('gone')
      const shown = (await workspace.diff(before.tree, after.tree)).map(({ path }) => path)
      if (existsSync(join(outside, 'pwned'))) return 'wrote outside'
      return expecting('the diff shows', [...shown].sort(), [...names].sort())
    },
  },
]

/** Tricks with ignore files, attributes, nested repositories and names, by which a run could hide what it did. */
export const GIT_GAMES: readonly HostileCase[] = GAMES.map(({ name, intent, containedBy, play }) => ({
  group: 'git: games',
  name,
  intent,
  containedBy,
  judge: async () => {
    using folder = temporaryFolder()
    const outside = join(folder.path, 'outside')
    mkdirSync(outside)
    const workspace = await openEmpty(folder.path)
    return toJudgement(await play({ workspace, outside, at: (path) => join(workspace.worktree, path) }))
  },
}))
