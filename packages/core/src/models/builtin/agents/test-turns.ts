import { CodexError } from '@codex/protocol'
import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import { composeProject } from '../compose-project.ts'
import { type Conversation, readFiles, writtenFiles } from '../conversation.ts'
import { readRequest } from '../intent/read-request.ts'
import type { ProjectPlan } from '../plan/project-plan.ts'
import type { ComposedProject } from '../render/composed-project.ts'
import { type BuiltinReply, callTools } from '../reply.ts'
import { projectFiles } from './code-turns.ts'
import { describeFailure } from './describe-failure.ts'
import { mergeFiles } from './existing-files.ts'
import { planFunctionTests } from './function-test-plan.ts'
import { idsByKey } from './requirement-ids.ts'
import type { TestWork } from './test-work.ts'

/**
 * The TestGenerator's next turn: read, write the tests, finish. The tests are those of the composed project when that
 * is what the repository holds, else those of well-known functions.
 * @throws CodexError MODEL_CANNOT_SERVE
 */
export function writeTests(conversation: Conversation): BuiltinReply {
  const { task } = conversation
  const read = readFiles(conversation)
  const own = findOwnProject(task)
  const work = own === null ? planFunctionTests(task, read) : planProjectTests(task, own, read)
  if (work.kind === 'read') return callTools(work.paths.map((path) => ({ name: 'read_file', input: { path } })))
  if (work.files.length === 0) {
    throw cannotServe(
      task.failure === undefined
        ? 'Every test that it composes is there already.'
        : `Every test that it composes is in place, the result is still red (${describeFailure(task)}), and it does not invent fixes.`,
    )
  }
  const written = writtenFiles(conversation)
  if (written.failures.length > 0) throw cannotServe(`A file could not be written: ${written.failures.join(' ')}`)
  const unwritten = work.files.filter(({ path }) => !written.paths.has(path))
  if (unwritten.length > 0) {
    return callTools(unwritten.map(({ path, content }) => ({ name: 'write_file', input: { path, content } })))
  }
  const ids = own === null ? new Map<string, string>() : idsByKey(task, own.project)
  const cases = work.cases.map(({ suite, name, kind, requirement, path }, index) => ({
    id: `TC-${String(index + 1).padStart(3, '0')}`,
    name: `${suite} > ${name}`,
    kind,
    requirement: ids.get(requirement) ?? null,
    path,
  }))
  return callTools([{ name: 'finish', input: { summary: work.summary, framework: work.framework, cases } }])
}

interface OwnProject {
  readonly plan: ProjectPlan
  readonly project: ComposedProject
}

/** The project that the request describes, when the repository holds files of it; null for other repositories. */
function findOwnProject(task: AgentTask): OwnProject | null {
  try {
    const plan = readRequest(task)
    const project = composeProject(plan)
    return project.sources.some(({ path }) => task.files.includes(path)) ? { plan, project } : null
  } catch (error) {
    if (!CodexError.isInstance(error) || error.code !== 'MODEL_CANNOT_SERVE') throw error
    // A request such as "write tests for src/slugify.js" describes no project; its files decide.
    return null
  }
}

function planProjectTests(
  task: AgentTask,
  { plan, project }: OwnProject,
  read: ReadonlyMap<string, string | null>,
): TestWork {
  const forTests = new Set(['package.json', 'tsconfig.jest.json', ...project.tests.map((file) => file.path)])
  const wanted = projectFiles(plan, project, true).filter(({ path }) => forTests.has(path))
  const needed = [...project.sources, ...wanted].map(({ path }) => path)
  const unread = needed.filter((path) => task.files.includes(path) && !read.has(path))
  if (unread.length > 0) return { kind: 'read', paths: unread }
  for (const source of project.sources) {
    const there = read.get(source.path)
    if (there === undefined || there === null) throw cannotServe(`${source.path} is missing, so its tests would fail.`)
    if (there.trim() !== source.content.trim()) {
      throw cannotServe(`${source.path} is not as it was composed, so what its tests must prove is not known.`)
    }
  }
  const { files } = mergeFiles(wanted, read)
  return {
    kind: 'write',
    files,
    cases: project.testCases,
    framework: plan.toolchain.runner,
    summary: `${project.testCases.length} tests in ${plan.toolchain.runner} for ${plan.title}.`,
  }
}
