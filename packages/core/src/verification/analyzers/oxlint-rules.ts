import type { Severity } from '@codex/protocol'

/** How a rule of another's is judged here. */
export interface RuleJudgement {
  readonly severity: Severity
  readonly category: string
  /** The word that it shares with other analyzers; its own name where there is none. */
  readonly meaning?: string
}

const wrong = (meaning?: string): RuleJudgement => ({
  severity: 'medium',
  category: 'correctness',
  ...(meaning === undefined ? {} : { meaning }),
})
const untidy: RuleJudgement = { severity: 'info', category: 'maintainability' }

/** Rules whose judgement differs from that of the others. */
const JUDGEMENTS: Readonly<Record<string, RuleJudgement>> = {
  'no-eval': { severity: 'high', category: 'security', meaning: 'CWE-95' },
  'no-implied-eval': { severity: 'high', category: 'security', meaning: 'CWE-95' },
  'no-new-func': { severity: 'high', category: 'security', meaning: 'CWE-95' },
  'no-script-url': { severity: 'medium', category: 'security', meaning: 'CWE-79' },
  'jsx-no-script-url': { severity: 'medium', category: 'security', meaning: 'CWE-79' },
  'no-danger-with-children': { severity: 'medium', category: 'security', meaning: 'CWE-79' },
  'no-extend-native': { severity: 'low', category: 'maintainability' },
  'no-unused-vars': untidy,
  'no-unused-private-class-members': untidy,
  'no-unused-labels': untidy,
  'no-debugger': { severity: 'low', category: 'correctness' },
  'no-empty-static-block': untidy,
  'no-shadow-restricted-names': untidy,
  'ban-ts-comment': { severity: 'low', category: 'maintainability' },
  'no-wrapper-object-types': untidy,
  'no-duplicate-enum-values': { severity: 'low', category: 'correctness' },
  'no-string-refs': untidy,
  'no-is-mounted': untidy,
  'no-children-prop': untidy,
  'jsx-key': { severity: 'low', category: 'correctness' },
  'exhaustive-deps': { severity: 'low', category: 'correctness' },
  'no-useless-constructor': untidy,
  'no-template-curly-in-string': { severity: 'low', category: 'correctness' },
  'no-unused-expressions': { severity: 'low', category: 'correctness' },
  'no-unassigned-vars': wrong(),
  'no-invalid-fetch-options': wrong(),
  'no-async-promise-executor': { severity: 'low', category: 'correctness' },
  'no-cond-assign': wrong('js-assignment-in-condition'),
  'use-isnan': wrong('use-isnan'),
  'no-unreachable': wrong('unreachable'),
  'no-fallthrough': { severity: 'low', category: 'correctness', meaning: 'fallthrough' },
  'no-dupe-keys': wrong('duplicate-key'),
  'const-comparisons': wrong('constant-comparison'),
  'no-const-assign': { severity: 'high', category: 'correctness' },
  'no-obj-calls': { severity: 'high', category: 'correctness' },
  'no-this-before-super': { severity: 'high', category: 'correctness' },
  'constructor-super': { severity: 'high', category: 'correctness' },
}

/** Severity and category of an oxlint rule, named without its plugin. */
export function judgeOxlintRule(name: string): RuleJudgement {
  return JUDGEMENTS[name] ?? wrong()
}
