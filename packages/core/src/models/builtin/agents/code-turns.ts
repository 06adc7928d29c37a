import type { AgentTask } from '../../../task/agent-task.ts'
import { cannotServe } from '../cannot-serve.ts'
import { composeProject } from '../compose-project.ts'
import { type Conversation, readFiles, writtenFiles } from '../conversation.ts'
import { readRequest } from '../intent/read-request.ts'
import { PACKAGE_VERSIONS } from '../plan/package-versions.ts'
import type { ProjectPlan } from '../plan/project-plan.ts'
import type { ComposedFile, ComposedProject } from '../render/composed-project.ts'
import { allDependencies, packageManifest, printManifest, readmeFile, settingsFiles } from '../render/project-files.ts'
import { type BuiltinReply, callTools } from '../reply.ts'
import { describeFailure } from './describe-failure.ts'
import { mergeFiles, refuseForeignCode } from './existing-files.ts'
import { checkSpec, idsByKey } from './requirement-ids.ts'

/** Every file of the project in the order in which it is written. */
export function projectFiles(plan: ProjectPlan, project: ComposedProject, withTests: boolean): ComposedFile[] {
  return [
    {
      path: 'package.json',
      content: printManifest(packageManifest(plan, project, withTests)),
      reason: 'Dependencies and scripts',
      requirements: [],
    },
    ...settingsFiles(plan, withTests),
    ...project.sources,
    ...(withTests ? project.tests : []),
    readmeFile(plan, project, withTests),
  ]
}

/**
 * The Code agent's next turn: read what is there, write the project, finish.
 * @throws CodexError MODEL_CANNOT_SERVE
 */
export function writeCode(conversation: Conversation): BuiltinReply {
  const { task } = conversation
  const plan = readRequest(task)
  const project = composeProject(plan)
  const specWarnings = checkSpec(task, plan, project)
  const withTests = task.testing.writesTests
  const composed = projectFiles(plan, project, withTests)
  refuseForeignCode(task, new Set(projectFiles(plan, project, true).map((file) => file.path)))

  const read = readFiles(conversation)
  const unread = composed.filter(({ path }) => task.files.includes(path) && !read.has(path))
  if (unread.length > 0) return callTools(unread.map(({ path }) => ({ name: 'read_file', input: { path } })))

  const { files, warnings } = mergeFiles(composed, read)
  if (files.length === 0) {
    throw cannotServe(
      task.failure === undefined
        ? 'Every file of the project is there already, so there is nothing to compose.'
        : `Every file that it composes is in place, the result is still red (${describeFailure(task)}), and it does not invent fixes.`,
    )
  }
  const written = writtenFiles(conversation)
  if (written.failures.length > 0) throw cannotServe(`A file could not be written: ${written.failures.join(' ')}`)
  const unwritten = files.filter(({ path }) => !written.paths.has(path))
  if (unwritten.length > 0) {
    return callTools(unwritten.map(({ path, content }) => ({ name: 'write_file', input: { path, content } })))
  }
  return callTools([{ name: 'finish', input: finishInput(task, plan, project, files, [...warnings, ...specWarnings]) }])
}

function finishInput(
  task: AgentTask,
  plan: ProjectPlan,
  project: ComposedProject,
  files: readonly ComposedFile[],
  warnings: readonly string[],
): Record<string, unknown> {
  const ids = idsByKey(task, project)
  const withTests = task.testing.writesTests
  const dependencies = allDependencies(plan, project, withTests)
  const start = project.scripts['start']
  return {
    summary: `${plan.title}: ${files.length} files composed${withTests ? ` with ${project.testCases.length} tests in ${plan.toolchain.runner}` : ''}.`,
    files: files.map(({ path, reason, requirements }) => ({
      path,
      reason,
      requirements: requirements.flatMap((key) => ids.get(key) ?? []),
    })),
    dependencies: dependencies.map(({ name, kind, reason }) => ({
      name,
      version: PACKAGE_VERSIONS[name],
      kind,
      reason,
    })),
    run: {
      ...(dependencies.length > 0 ? { install: 'npm install' } : {}),
      ...(start === undefined ? {} : { start: 'npm start' }),
      ...(withTests ? { test: 'npm test' } : {}),
    },
    warnings: [...warnings],
  }
}
