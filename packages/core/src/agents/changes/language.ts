import { basename, extname } from 'node:path/posix'

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.c': 'c',
  '.cc': 'cpp',
  '.cjs': 'javascript',
  '.cpp': 'cpp',
  '.cs': 'csharp',
  '.css': 'css',
  '.cts': 'typescript',
  '.dart': 'dart',
  '.ex': 'elixir',
  '.exs': 'elixir',
  '.go': 'go',
  '.graphql': 'graphql',
  '.h': 'c',
  '.hpp': 'cpp',
  '.html': 'html',
  '.java': 'java',
  '.js': 'javascript',
  '.json': 'json',
  '.jsx': 'javascript',
  '.kt': 'kotlin',
  '.lua': 'lua',
  '.md': 'markdown',
  '.mjs': 'javascript',
  '.mts': 'typescript',
  '.php': 'php',
  '.proto': 'protobuf',
  '.py': 'python',
  '.rb': 'ruby',
  '.rs': 'rust',
  '.scala': 'scala',
  '.scss': 'scss',
  '.sh': 'shell',
  '.sql': 'sql',
  '.svelte': 'svelte',
  '.swift': 'swift',
  '.toml': 'toml',
  '.ts': 'typescript',
  '.tsx': 'typescript',
  '.vue': 'vue',
  '.xml': 'xml',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.zig': 'zig',
}

const BY_NAME: Readonly<Record<string, string>> = { Dockerfile: 'dockerfile', Makefile: 'makefile' }

/** Language of a file by its name; `text` when the name does not tell. */
export function detectLanguage(path: string): string {
  return BY_NAME[basename(path)] ?? BY_EXTENSION[extname(path).toLowerCase()] ?? 'text'
}

/** Whether a file holds source code of some language, as opposed to prose, data or unknown. */
export function isSourceCode(path: string): boolean {
  return !['text', 'markdown', 'json', 'yaml', 'toml', 'xml'].includes(detectLanguage(path))
}
