const SCRIPT = /\.([cm]?js|jsx|[cm]?ts|tsx)$/
const NOT_OURS =
  /(^|\/)(node_modules|bower_components|vendor|third_party|site-packages|\.venv|venv|dist|build|out|coverage|\.next|__snapshots__)\/|\.min\.(js|css)$|(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|poetry\.lock|uv\.lock|Cargo\.lock|go\.sum)$|\.(map|snap|svg|csv|tsv|lock)$/
const NOT_TEXT =
  /\.(png|jpe?g|gif|webp|ico|bmp|pdf|zip|gz|tgz|bz2|xz|7z|jar|war|class|exe|dll|so|dylib|a|o|wasm|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|ogg|flac|wav|sqlite3?|db|bin|gguf|parquet|pyc)$/i
/** Files that tools would take for their configuration. The tools get ours alone. */
const CONFIGURES_TOOLS =
  /(^|\/)(\.gitignore|\.ignore|\.[a-z]*ignore|\.?oxlintrc[^/]*|oxlint\.config[^/]*|\.?eslintrc[^/]*|eslint\.config[^/]*|\.jscpd[^/]*|sgconfig\.ya?ml|\.secretlintrc[^/]*|\.editorconfig)$/

/** Larger files were not written by hand. */
export const MAX_SOURCE_BYTES = 512 * 1024

export function isScript(path: string): boolean {
  return SCRIPT.test(path)
}

export function isPython(path: string): boolean {
  return path.endsWith('.py')
}

/** Whether a file of a tree is shown to the analyzers at all: text that people wrote. */
export function isAnalyzed(path: string): boolean {
  return !NOT_OURS.test(path) && !NOT_TEXT.test(path) && !CONFIGURES_TOOLS.test(path)
}
