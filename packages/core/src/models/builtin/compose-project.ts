import { composeCli } from './blocks/cli/compose-cli.ts'
import { composeHttp } from './blocks/http/compose-http.ts'
import { composeLibrary } from './blocks/library/compose-library.ts'
import type { ProjectPlan } from './plan/project-plan.ts'
import type { ComposedProject } from './render/composed-project.ts'

/** Composes the project of a plan; the same plan always gives the same bytes. */
export function composeProject(plan: ProjectPlan): ComposedProject {
  switch (plan.body.kind) {
    case 'http':
      return composeHttp(plan, plan.body)
    case 'library':
      return composeLibrary(plan, plan.body)
    case 'cli':
      return composeCli(plan, plan.body)
  }
}
