/** Words that people use for the categories of findings. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  security: ['security', 'secure', 'vulnerab', 'injection', 'owasp', 'secret', 'safety'],
  performance: ['performance', 'speed', 'fast', 'latency', 'scal', 'efficien', 'memory'],
  correctness: ['correct', 'bug', 'logic', 'edge', 'type'],
  reliability: ['reliab', 'error', 'robust', 'resilien', 'stability', 'exception'],
  maintainability: [
    'maintain',
    'readab',
    'quality',
    'style',
    'clean',
    'best practice',
    'complex',
    'structure',
    'convention',
    'document',
  ],
  testing: ['test', 'coverage'],
}

/** Whether a category is among what the reviewer is asked to look at. */
export function matchesFocus(category: string, focus: readonly string[]): boolean {
  const words = WORDS[category] ?? [category]
  return focus.some((wanted) => words.some((word) => wanted.includes(word)))
}
