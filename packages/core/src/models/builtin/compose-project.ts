import { composeHttp } from './blocks/http/compose-http.ts'
import { cannotServe } from './cannot-serve.ts'
import type { ProjectPlan } from './plan/project-plan.ts'
import type { ComposedProject } from './render/composed-project.ts'

/** Composes the project of a plan; the same plan always gives the same bytes. */
export function composeProject(plan: ProjectPlan): ComposedProject {
  switch (plan.body.kind) {
    case 'http':
      return composeHttp(plan, plan.body)
    case 'cli':
    case 'library':
      throw cannotServe('not yet')
  }
}
