/**
 * Settings given with every git command. Git lets a repository's configuration, attributes and hooks run programs; all of
 * those doors are closed here, on the command line, which wins over every configuration file.
 *
 * @see https://git-scm.com/docs/git-config for what each of them would run
 */
export const HARDENING_ARGUMENTS: readonly string[] = [
  '--no-pager',
  '--no-optional-locks',
  '--literal-pathspecs',
  ...Object.entries({
    'core.fsmonitor': 'false',
    'core.hooksPath': '/dev/null',
    'core.sshCommand': 'false',
    'core.askPass': '',
    'core.editor': 'false',
    'core.pager': 'cat',
    'core.alternateRefsCommand': '',
    'credential.helper': '',
    'sequence.editor': 'false',
    'diff.external': '',
    'gpg.program': 'false',
    'commit.gpgSign': 'false',
    'tag.gpgSign': 'false',
    'log.showSignature': 'false',
    'uploadpack.packObjectsHook': '',
    // transports: the fetch of a source allows its own one
    'protocol.allow': 'never',
    'protocol.file.allow': 'never',
    'protocol.http.allow': 'never',
    'protocol.https.allow': 'never',
    'protocol.ssh.allow': 'never',
    'protocol.git.allow': 'never',
    'protocol.ext.allow': 'never',
    // nested repositories are never entered
    'submodule.recurse': 'false',
    'fetch.recurseSubmodules': 'false',
    'diff.ignoreSubmodules': 'all',
    'status.submoduleSummary': 'false',
    'safe.bareRepository': 'explicit',
    // no work behind our back
    'gc.auto': '0',
    'maintenance.auto': 'false',
    'core.untrackedCache': 'false',
    // a tree must come out the same on every machine and cannot contain names that another system takes for .git
    'core.symlinks': 'true',
    'core.fileMode': 'true',
    'core.ignoreCase': 'false',
    'core.autocrlf': 'false',
    'core.safecrlf': 'false',
    'core.protectNTFS': 'true',
    'core.protectHFS': 'true',
    'core.quotePath': 'false',
    'core.logAllRefUpdates': 'false',
    'checkout.workers': '4',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
]

/** The whole environment of every git command: nothing of the service's own, no configuration of user or machine. */
export const HARDENED_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_EDITOR: 'false',
  GIT_SEQUENCE_EDITOR: 'false',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_SSH_COMMAND: 'false',
  GIT_PROTOCOL_FROM_USER: '0',
  GIT_AUTHOR_NAME: 'Codex Orchestrator',
  GIT_AUTHOR_EMAIL: 'codex@localhost',
  GIT_COMMITTER_NAME: 'Codex Orchestrator',
  GIT_COMMITTER_EMAIL: 'codex@localhost',
}

/**
 * `info/attributes` of a run's git directory, which wins over every `.gitattributes` in the worktree: no filter, diff or
 * merge driver, and files are stored byte by byte as they are.
 */
export const HARDENED_ATTRIBUTES = '* -filter !diff !merge -text -ident -working-tree-encoding\n'

/** Options of every command that compares content. */
export const DIFF_ARGUMENTS: readonly string[] = [
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
  '--no-color',
]
