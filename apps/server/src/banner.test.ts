import type { StartReport } from '@codex/core'
import { expect, test } from 'vitest'
import { renderBanner } from './banner.ts'

const report: StartReport = {
  dataDir: '/data',
  database: { kind: 'host', detail: 'db.example:5432' },
  model: { modelId: 'openai:m', reason: 'OPENAI_API_KEY is set', fallbackModelId: null },
  models: [
    { id: 'openai:m', provider: 'openai', available: true, source: 'OPENAI_API_KEY', isDefault: true, prices: null },
    { id: 'google:n', provider: 'google', available: false, source: 'none', isDefault: false, prices: null },
  ],
  sandbox: { driver: 'none', available: true, isolated: false, reason: null },
  missing: [{ what: 'no isolation', remedy: 'apt-get install bubblewrap' }],
  notes: ['installed something'],
}
const base = { url: 'http://127.0.0.1:3000', version: '1.0.0', report, apiKeys: 2 }

test('says where, with what, why, and what is missing', () => {
  expect(renderBanner({ ...base, hasColor: false }).split('\n')).toEqual([
    'Codex Orchestrator 1.0.0 is ready on http://127.0.0.1:3000',
    '  docs      http://127.0.0.1:3000/docs',
    '  data      /data',
    '  database  external (db.example:5432)',
    '  model     openai:m (OPENAI_API_KEY is set)',
    '  models    openai:m (OPENAI_API_KEY)',
    '  sandbox   none, not isolated: generated code runs with the rights of this process',
    '  access    2 API keys',
    '  note      installed something',
    '  missing   no isolation',
    '            -> apt-get install bubblewrap',
    '',
  ])
})

test('colours change nothing but colours', () => {
  const colored = renderBanner({ ...base, hasColor: true })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed
  expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderBanner({ ...base, hasColor: false }))
  expect(colored).not.toBe(renderBanner({ ...base, hasColor: false }))
})
