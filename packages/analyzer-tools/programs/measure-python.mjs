const MAX_COMPLEXITY = 15
const MAX_DEPTH = 5
const BLOCK = /^(if|elif|else|for|while|with|try|except|finally|match|case|async\s+for|async\s+with)\b/

/**
 * Cyclomatic complexity and nesting of Python functions, counted over lines: strings and comments are blanked first, and
 * a function reaches as far as its indentation. Lines that go on inside of brackets count as one.
 */
export function measurePython(source) {
  const open = []
  const found = []
  const close = (indent) => {
    while (open.length > 0 && open.at(-1).indent >= indent) {
      const { line, name, complexity, depth } = open.pop()
      if (complexity > MAX_COMPLEXITY) found.push({ line, kind: 'complexity', value: complexity, name })
      if (depth > MAX_DEPTH) found.push({ line, kind: 'depth', value: depth, name })
    }
  }
  for (const { text, indent, line } of logicalLines(blankStrings(source))) {
    close(indent)
    const definition = /^(?:async\s+)?def\s+(\w+)/.exec(text)
    if (definition !== null) {
      open.push({ indent, line, name: definition[1], complexity: 1, depth: 0, blocks: [] })
      continue
    }
    const current = open.at(-1)
    if (current === undefined) continue
    while (current.blocks.length > 0 && current.blocks.at(-1) >= indent) current.blocks.pop()
    if (BLOCK.test(text)) {
      current.blocks.push(indent)
      current.depth = Math.max(current.depth, current.blocks.length)
    }
    current.complexity += text.match(/\b(if|elif|for|while|except|case|and|or)\b/g)?.length ?? 0
  }
  close(-1)
  return found
}

function blankStrings(source) {
  return source.replace(/("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g, (text) =>
    text.replace(/[^\n]/g, ' '),
  )
}

function logicalLines(source) {
  const lines = []
  let nesting = 0
  for (const [index, raw] of source.split('\n').entries()) {
    const isContinued = nesting > 0
    nesting = Math.max(0, nesting + (raw.match(/[([{]/g)?.length ?? 0) - (raw.match(/[)\]}]/g)?.length ?? 0))
    if (raw.trim() === '') continue
    if (isContinued) lines.at(-1).text += ` ${raw.trim()}`
    else lines.push({ text: raw.trim(), indent: raw.length - raw.trimStart().length, line: index + 1 })
  }
  return lines
}
