import type { HttpPlan, Route } from '../../plan/project-plan.ts'

/** Whether a request body is read anywhere. */
export function readsBodies(http: HttpPlan): boolean {
  return http.resources.length > 0 || http.routes.some((route) => route.kind === 'echo')
}

/** Whether a handler can refuse a request, so that errors have to be turned into answers. */
export function canRefuse(http: HttpPlan): boolean {
  return readsBodies(http) || http.routes.some((route) => route.kind === 'greeting')
}

export function hasRoute(http: HttpPlan, kind: Route['kind']): boolean {
  return http.routes.some((route) => route.kind === kind)
}

export function routeMethod(route: Route): 'GET' | 'POST' {
  return route.kind === 'echo' ? 'POST' : 'GET'
}
