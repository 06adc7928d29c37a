import { type AssertionShape, condense } from './test-shape.ts'

const LITERAL =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<![\w.])-?\d[\d_.]*\b|\b(?:True|False|None|true|false|nil)\b/g

/** Makes an assertion out of the source of a statement, for languages that are read line by line. */
export function lineAssertion(source: string, line: number, isTrivial: boolean): AssertionShape {
  return {
    line,
    text: condense(source),
    subject: '',
    literals: (source.slice(0, 4_000).match(LITERAL) ?? []).map((literal) => literal.replace(/^'(.*)'$/, '"$1"')),
    isVague: false,
    isTrivial,
    isConditional: false,
  }
}
