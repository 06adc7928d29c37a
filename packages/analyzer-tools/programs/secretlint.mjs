// Looks for credentials in every text file of the folder it is started in. Prints where, and never what.
import { readFileSync } from 'node:fs'
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import { walkFiles } from './walk-files.mjs'
import { readWantedFiles } from './wanted-files.mjs'

const config = {
  rules: [
    {
      id: '@secretlint/secretlint-rule-preset-recommend',
      rule: creator,
      // without this option an access key id alone is not reported
      rules: [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }],
    },
  ],
}

const findings = []
for (const path of walkFiles('.', readWantedFiles())) {
  const content = readFileSync(path)
  if (content.includes(0)) continue // binary
  const source = { filePath: path, content: content.toString('utf8'), ext: '', contentType: 'text' }
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: false, maskSecrets: true } })
  for (const { ruleId, ruleParentId, messageId, loc } of messages) {
    findings.push({
      path,
      line: loc.start.line,
      endLine: loc.end.line,
      rule: (ruleParentId === undefined ? ruleId : ruleId).replace(/^@secretlint\/secretlint-rule-/, ''),
      kind: messageId,
    })
  }
}
process.stdout.write(JSON.stringify({ findings }))
