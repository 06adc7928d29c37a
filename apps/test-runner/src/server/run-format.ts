/**
 * Arguments for Node with which the built server stores and knows another format of runs only, as another version of it
 * would: the one constant is replaced while its file is loaded. The service itself has no such setting.
 */
export function runFormatArguments(format: string): readonly string[] {
  const hook = `import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!/server\\/dist\\/.*\\.js$/.test(url)) return loaded
    return { ...loaded, source: String(loaded.source).replace(/\\bRUN_FORMAT = "[^"]*"/, 'RUN_FORMAT = ${JSON.stringify(format)}') }
  },
})`
  return [`--import=data:text/javascript;base64,${Buffer.from(hook).toString('base64')}`]
}
