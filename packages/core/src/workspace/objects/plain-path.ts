const PLAIN_PATH = /^[A-Za-z0-9_.@+()[\]-]{1,200}(\/[A-Za-z0-9_.@+()[\]-]{1,200}){0,30}$/

/** Whether git shows a path as it is, and no file system takes it for another one. */
export function isPlainPath(path: string): boolean {
  return PLAIN_PATH.test(path)
}
