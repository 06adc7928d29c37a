export { parseTask } from './agent-task.ts'
export {
  type NormalizedOptions,
  type NormalizeOptionsSettings,
  normalizeOptions,
  OPTION_DEFAULTS,
} from './normalize-options.ts'
export { toTaskOptions } from './task-options.ts'
