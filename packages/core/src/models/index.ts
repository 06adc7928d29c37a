export { callStructured, type StructuredAnswer } from './call-structured.ts'
export { createModelService, type ModelServiceDependencies } from './create-model-service.ts'
export type {
  ModelChoice,
  ModelReply,
  ModelRequest,
  ModelService,
  ModelTool,
  ModelToolCall,
} from './model-service.ts'
export type { ModelLimits, ModelSettings, OperatorPrice, ProviderSettings } from './model-settings.ts'
export { readModelSettings } from './read-model-settings.ts'
