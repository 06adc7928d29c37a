import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { appRouter } from './router.ts'

const procedures = Object.entries(appRouter._def.procedures)

test('offers what the contract names', () => {
  expect(procedures.map(([path]) => path).sort()).toEqual([
    'agents.list',
    'budgets.key',
    'evidence.check',
    'evidence.keys',
    'models.list',
    'orchestrate',
    'runs.cancel',
    'runs.create',
    'runs.events',
    'runs.evidence',
    'runs.file',
    'runs.fork',
    'runs.get',
    'runs.list',
    'runs.patch',
    'runs.redeliverWebhook',
    'runs.remove',
    'runs.resume',
    'runs.retry',
    'runs.watch',
    'runs.webhooks',
    'schedules.create',
    'schedules.get',
    'schedules.list',
    'schedules.pause',
    'schedules.remove',
    'schedules.resume',
    'schedules.trigger',
    'sessions.archive',
    'sessions.create',
    'sessions.get',
    'sessions.list',
    'sessions.runs',
    'sessions.update',
    'system.doctor',
    'system.health',
    'system.nodes',
    'system.stats',
    'workflows.list',
  ])
})

test('every procedure has an output schema', () => {
  for (const [path, procedure] of procedures) {
    expect([path, '_def' in procedure && 'output' in procedure._def && procedure._def.output !== undefined]).toEqual([
      path,
      true,
    ])
  }
})

test('every file of a procedure is part of the router', () => {
  const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
  const domains = new Set(procedures.map(([path]) => path.split('.')[0]))
  const found = files
    .filter(
      (file) =>
        domains.has(file.split('/')[0]) &&
        /\/(archive|cancel|check|create|doctor|events|evidence|file|fork|get|health|key|keys|list|nodes|patch|pause|redeliver-webhook|remove|resume|retry|runs|stats|trigger|update|watch|webhooks)\.ts$/.test(
          file,
        ),
    )
    .map((file) =>
      file
        .replace('/', '.')
        .replace('.ts', '')
        .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    )
  expect(found.sort()).toEqual(
    procedures
      .map(([path]) => path)
      .filter((path) => path.includes('.'))
      .sort(),
  )
})
