// ESLint's security rules over the JavaScript of the folder it is started in. Nothing of the project configures it.
import { ESLint } from 'eslint'
import security from 'eslint-plugin-security'

const eslint = new ESLint({
  overrideConfigFile: true,
  ignore: false,
  allowInlineConfig: false,
  errorOnUnmatchedPattern: false,
  overrideConfig: [
    { ignores: ['**/node_modules/**'] },
    {
      files: ['**/*.js', '**/*.mjs', '**/*.cjs', '**/*.jsx'],
      languageOptions: { ecmaVersion: 'latest', parserOptions: { ecmaFeatures: { jsx: true } } },
      plugins: { security },
      rules: {
        'security/detect-bidi-characters': 'warn',
        'security/detect-buffer-noassert': 'warn',
        'security/detect-child-process': 'warn',
        'security/detect-disable-mustache-escape': 'warn',
        'security/detect-eval-with-expression': 'warn',
        'security/detect-new-buffer': 'warn',
        'security/detect-no-csrf-before-method-override': 'warn',
        'security/detect-possible-timing-attacks': 'warn',
        'security/detect-pseudoRandomBytes': 'warn',
        'security/detect-unsafe-regex': 'warn',
        'no-unsafe-finally': 'warn',
        'no-unreachable-loop': 'warn',
        'no-constructor-return': 'warn',
      },
    },
    { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  ],
})

const findings = []
for (const { filePath, messages } of await eslint.lintFiles(['**/*.{js,mjs,cjs,jsx}'])) {
  for (const { ruleId, line, endLine, message } of messages) {
    // a file that does not parse is reported by the others
    if (ruleId === null) continue
    findings.push({
      path: filePath.slice(process.cwd().length + 1),
      line,
      endLine: endLine ?? line,
      rule: ruleId,
      message,
    })
  }
}
process.stdout.write(JSON.stringify({ findings }))
