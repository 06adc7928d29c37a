/** Whether an offset lies in the block of a `try`. */
export function isInsideTry(code: string, offset: number): boolean {
  let depth = 0
  for (let at = offset; at >= 0; at -= 1) {
    if (code[at] === '}') depth += 1
    else if (code[at] === '{') {
      if (depth > 0) depth -= 1
      else if (/\btry\s*$/.test(code.slice(Math.max(0, at - 20), at))) return true
    }
  }
  return false
}
