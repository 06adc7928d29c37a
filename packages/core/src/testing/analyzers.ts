// What measures the analyzers from outside: a command of test-runner holds it in hands.
export { formatRecall } from '../verification/analyzers/corpus/format-recall.ts'
export { measureRecall } from '../verification/analyzers/corpus/measure-recall.ts'
