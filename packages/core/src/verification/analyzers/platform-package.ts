/** Name of a package that holds a program for this machine, as npm packages of native programs call themselves. */
export function platformPackage(prefix: string, libc: string): string {
  return `${prefix}${process.platform}-${process.arch}${process.platform === 'linux' ? `-${libc}` : ''}`
}
