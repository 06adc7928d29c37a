import { writeCode } from './agents/code-turns.ts'
import { writeSpec } from './agents/spec-writer.ts'
import { writeTests } from './agents/test-turns.ts'
import { cannotServe } from './cannot-serve.ts'
import type { Conversation } from './conversation.ts'
import { writeDiagnosis } from './debug/write-diagnosis.ts'
import { answerJson, type BuiltinReply } from './reply.ts'
import { reviewTask } from './review/review-task.ts'

const ROLES: Readonly<Record<string, (conversation: Conversation) => BuiltinReply>> = {
  Spec: ({ task }) => answerJson(writeSpec(task)),
  Code: writeCode,
  TestGenerator: writeTests,
  Reviewer: ({ task }) => answerJson(reviewTask(task)),
  Debug: ({ task }) => answerJson(writeDiagnosis(task)),
}

/**
 * Decides the next reply from the conversation alone.
 * @throws CodexError MODEL_CANNOT_SERVE
 */
export function respond(conversation: Conversation): BuiltinReply {
  const { agent } = conversation.task
  const role = Object.hasOwn(ROLES, agent) ? ROLES[agent] : undefined
  if (role === undefined) {
    throw cannotServe(`The agent "${agent}" is none that it can play; it plays ${Object.keys(ROLES).join(', ')}.`)
  }
  return role(conversation)
}
