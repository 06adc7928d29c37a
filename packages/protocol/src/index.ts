export { agentNameKey, BUILT_IN_AGENTS, type BuiltInAgent, requestedAgentName, resolveAgentName } from './agent-name.ts'
export {
  type AnyArtifact,
  ARTIFACT_KINDS,
  ARTIFACT_SCHEMAS,
  type ArtifactKind,
  type Artifacts,
  anyArtifact,
  artifacts,
} from './artifacts/artifact.ts'
export { type ChangesArtifact, changesArtifact, fileEdit } from './artifacts/changes.ts'
export {
  type DiagnosisArtifact,
  type DiagnosisContent,
  diagnosisArtifact,
  diagnosisContent,
} from './artifacts/diagnosis.ts'
export { type Finding, finding, SEVERITIES, type Severity, severity } from './artifacts/finding.ts'
export {
  type AnalyzerOutcome,
  analyzerOutcome,
  type DismissedFinding,
  dismissedFinding,
  type ReviewArtifact,
  reviewArtifact,
} from './artifacts/review.ts'
export { requirement, type SpecArtifact, type SpecContent, specArtifact, specContent } from './artifacts/spec.ts'
export { type TestsArtifact, testsArtifact } from './artifacts/tests.ts'
export {
  type BudgetKind,
  type BudgetLimits,
  type BudgetMark,
  type BudgetScope,
  type BudgetStatus,
  type BudgetUse,
  budgetKind,
  budgetLimits,
  budgetMark,
  budgetScope,
  budgetStatus,
  budgetUse,
  type KeyBudget,
  keyBudget,
} from './budget.ts'
export {
  type AgentInfo,
  agentInfo,
  type Health,
  health,
  type ModelInfo,
  modelInfo,
  type Stats,
  stats,
  type WorkflowInfo,
  workflowInfo,
} from './catalog.ts'
export { type DoctorReport, doctorReport, STUCK_REASONS, type StuckRun, stuckRun } from './doctor.ts'
export { CodexError, type CodexErrorOptions, type ErrorIssue } from './errors/codex-error.ts'
export { ERROR_CODES, ERROR_TABLE, type ErrorCode, type TrpcErrorName } from './errors/error-table.ts'
export { invalidRequest, validationIssues } from './errors/validation-issues.ts'
export {
  EVENT_DATA,
  EVENT_TYPES,
  type EventData,
  type EventType,
  type RunEvent,
  runEvent,
  TERMINAL_EVENTS,
} from './event.ts'
export { decodeBase64 } from './evidence/base64.ts'
export { canonicalJson } from './evidence/canonical-json.ts'
export { type CheckedEvidence, checkEvidence, type EvidenceClaims } from './evidence/check-evidence.ts'
export { type DsseEnvelope, dsseEnvelope } from './evidence/dsse-envelope.ts'
export {
  EVIDENCE_PROBLEMS,
  type EvidenceCheck,
  type EvidenceProblem,
  evidenceCheck,
  evidenceProblem,
} from './evidence/evidence-check.ts'
export { type EvidenceKey, evidenceKey } from './evidence/evidence-key.ts'
export {
  type EvidenceStatement,
  evidenceStatement,
  type RunEvidence,
  runEvidence,
  type StatedCommand,
  statedCommand,
} from './evidence/evidence-statement.ts'
export { preAuthenticationEncoding } from './evidence/pre-authentication-encoding.ts'
export { EVIDENCE_PREDICATE_TYPE, STATEMENT_PAYLOAD_TYPE, STATEMENT_TYPE } from './evidence/statement-types.ts'
export { subjectContents, TREE_SUBJECT } from './evidence/subject-contents.ts'
export type { PublicJwk, TrustedKey } from './evidence/trusted-key.ts'
export { type ListRunsInput, listRunsInput, MAX_PAGE_SIZE, type RunPage, runPage } from './history.ts'
export {
  type ForkOverrides,
  type ForkRunInput,
  forkOverrides,
  forkRunInput,
  type RetryRunInput,
  retryRunInput,
} from './inputs/go-on-inputs.ts'
export {
  type CancelRunInput,
  cancelRunInput,
  type ListEventsInput,
  listEventsInput,
  MAX_EVENTS_PER_PAGE,
  type RedeliverWebhookInput,
  type ResumeRunInput,
  type RunFileInput,
  type RunIdInput,
  redeliverWebhookInput,
  resumeRunInput,
  runFileInput,
  runIdInput,
  type WatchRunInput,
  watchRunInput,
} from './inputs/run-inputs.ts'
export {
  type CreateSessionInput,
  createSessionInput,
  type ListSessionRunsInput,
  type ListSessionsInput,
  listSessionRunsInput,
  listSessionsInput,
  type SessionIdInput,
  sessionIdInput,
  type UpdateSessionInput,
  updateSessionInput,
} from './inputs/session-inputs.ts'
export {
  type CreateRunInput,
  type CreateRunResult,
  createRunInput,
  createRunResult,
  idempotencyKey,
  MAX_WAIT_S,
  type OrchestrateInput,
  orchestrateInput,
} from './inputs/submit.ts'
export { type JsonObject, type JsonValue, jsonObject, jsonValue } from './json.ts'
export { type SnakeCase, toSnakeCase } from './naming/case.ts'
export { toWirePath } from './naming/wire-path.ts'
export { definitionOf, toWireSchema } from './naming/wire-schema.ts'
export { fromWire, toWire } from './naming/wire-value.ts'
export { type NodeInfo, type NodeRole, nodeInfo, nodeList, nodeRole } from './nodes.ts'
export { KNOWN_OPTIONS, type RequestOptions, requestOptions } from './options.ts'
export {
  MAX_PROMPT_CHARACTERS,
  MAX_SEQUENCE_LENGTH,
  type OrchestrateRequest,
  orchestrateRequest,
} from './orchestrate-request.ts'
export { type Problem, problem, toProblem } from './problem.ts'
export {
  type ImportedRun,
  importedRun,
  ORIGIN_KINDS,
  type RemovedRun,
  RUN_STATUSES,
  type Run,
  type RunError,
  type RunMetadata,
  type RunOrigin,
  type RunResult,
  type RunStatus,
  type RunStep,
  type RunSummary,
  type RunWaiting,
  removedRun,
  run,
  runError,
  runMetadata,
  runOrigin,
  runResult,
  runStatus,
  runStep,
  runSummary,
  runWaiting,
  STEP_STATUSES,
  type StepStatus,
  stepStatus,
  TERMINAL_STATUSES,
  WAITING_REASONS,
} from './run.ts'
export {
  type CreateScheduleInput,
  createScheduleInput,
  type Schedule,
  type ScheduleIdInput,
  schedule,
  scheduleIdInput,
} from './schedule.ts'
export { type Session, type SessionDetails, session, sessionDetails } from './session.ts'
export { SESSION_POLICIES, type SessionPolicy, sessionPolicy } from './session-policy.ts'
export { MAX_DELAY_S, MAX_PRIORITY } from './timing.ts'
export { costUsd, NO_USAGE, type Usage, usage } from './usage.ts'
export {
  COMMAND_PURPOSES,
  type CommandEvidence,
  type CommandPurpose,
  commandEvidence,
  commandLimits,
} from './verification/command-evidence.ts'
export { GATES, type Gate, gate } from './verification/gate.ts'
export {
  INTEGRITY_CHECKS,
  type IntegrityCheck,
  type IntegrityReport,
  integrityCheck,
  integrityReport,
  type Mutant,
  type MutationReport,
  mutant,
  mutationReport,
} from './verification/integrity.ts'
export { type RequirementCoverage, requirementCoverage } from './verification/requirement-coverage.ts'
export {
  type CoverageReport,
  coverageReport,
  type TestCaseResult,
  type TestExecution,
  testCaseResult,
  testExecution,
} from './verification/test-execution.ts'
export { VERDICTS, type Verification, verification } from './verification/verification.ts'
export {
  WEBHOOK_EVENTS,
  WEBHOOK_STATUSES,
  type WebhookDelivery,
  type WebhookDeliveryList,
  webhookDelivery,
  webhookDeliveryList,
  webhookTarget,
} from './webhook.ts'
