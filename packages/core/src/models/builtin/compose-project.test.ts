import { expect, test } from 'vitest'
import { CLI_COMMANDS } from './blocks/cli/catalogue.ts'
import { LIBRARY_FUNCTIONS } from './blocks/library/catalogue.ts'
import { composeProject } from './compose-project.ts'
import { FIELD_TYPES, type ProjectPlan } from './plan/project-plan.ts'
import { taskOf } from './play-agent.fixture.ts'
import type { ComposedProject } from './render/composed-project.ts'
import { reviewTask } from './review/review-task.ts'

/** Everything that each kind can hold, in every language, framework and runner. */
function allPlans(): ProjectPlan[] {
  const fields = FIELD_TYPES.map((type, index) => ({
    name: `${type}Field`,
    type,
    required: index % 2 === 0,
    values: type === 'enum' ? ['a', 'b'] : [],
  }))
  const bodies: ProjectPlan['body'][] = [
    ...(['node:http', 'express', 'fastify', 'hono'] as const).map((framework) => ({
      kind: 'http' as const,
      framework,
      port: 3000,
      routes: [
        { kind: 'message' as const, path: '/', format: 'text' as const, message: "It's" },
        { kind: 'health' as const, path: '/health' },
        { kind: 'time' as const, path: '/time' },
        { kind: 'greeting' as const, path: '/hello' },
        { kind: 'echo' as const, path: '/echo' },
      ],
      resources: [{ singular: 'orderItem', plural: 'orderItems', path: 'order-items', fields }],
    })),
    { kind: 'cli', commands: CLI_COMMANDS.map((command) => command.id) },
    { kind: 'library', functions: LIBRARY_FUNCTIONS.map((entry) => entry.name) },
  ]
  return bodies.flatMap((body) =>
    (['javascript', 'typescript'] as const).flatMap((language) =>
      (['node:test', 'vitest', 'jest'] as const).map((runner) => {
        const moduleFormat = runner === 'jest' && language === 'javascript' ? ('commonjs' as const) : ('esm' as const)
        return { name: 'sample', title: 'Sample', toolchain: { language, moduleFormat, runner }, body, assumptions: [] }
      }),
    ),
  )
}

const projects: (readonly [name: string, project: ComposedProject])[] = allPlans().map((plan) => {
  const { language, runner } = plan.toolchain
  const kind = plan.body.kind === 'http' ? plan.body.framework : plan.body.kind
  return [`${kind} ${language} ${runner}`, composeProject(plan)] as const
})

test.each(projects)('%s: the review finds nothing, and every requirement has a test of its own', (_name, project) => {
  const files = [...project.sources, ...project.tests]
  const fileContents = Object.fromEntries(files.map(({ path, content }) => [path, content]))
  expect(Object.keys(fileContents).length).toBe(files.length)
  expect(reviewTask(taskOf('Reviewer', 'Review', { fileContents })).findings).toEqual([])

  const keys = project.requirements.map((one) => one.key)
  expect(new Set(keys).size).toBe(keys.length)
  expect(new Set(project.testCases.map((one) => one.requirement))).toEqual(new Set(keys))
  for (const { requirements } of project.sources) expect(keys).toEqual(expect.arrayContaining([...requirements]))
  const names = project.testCases.map(({ path, name }) => `${path} ${name}`)
  expect(new Set(names).size).toBe(names.length)
})

test.each(projects)('%s: files end with one line break and hold no marks of the composer', (_name, project) => {
  for (const { path, content } of [...project.sources, ...project.tests]) {
    expect(content, path).not.toMatch(/[«»‹›]|\n{3}|[ \t]\n/)
    expect(content, path).toMatch(/[^\n]\n$/)
    expect(content.split('\n').length, path).toBeLessThan(500)
  }
})

test('the catalogue has more than forty functions, each with a name of its own and tests', () => {
  const names = LIBRARY_FUNCTIONS.map((entry) => entry.name)
  expect(names.length).toBeGreaterThan(40)
  expect(new Set(names).size).toBe(names.length)
  const phrases = LIBRARY_FUNCTIONS.flatMap((entry) => entry.phrases)
  expect(new Set(phrases).size).toBe(phrases.length)
  for (const entry of LIBRARY_FUNCTIONS) {
    expect(entry.source).toContain(`export function ${entry.name}`)
    expect(entry.behaviours.length, entry.name).toBeGreaterThan(1)
  }
})
