export { createBuiltinModel } from './builtin-model.ts'
