import type { EgressSettings } from '../network/dial.ts'

/** What the operator says about webhooks. */
export interface WebhookSettings {
  /** Keys that every message is signed with, newest first; none means that webhooks are off. */
  readonly secrets: readonly Buffer[]
  /** Whether receivers may have private addresses. */
  readonly allowPrivate: boolean
  /** The machine's own way out. */
  readonly egress: Pick<EgressSettings, 'upstreamProxy' | 'noProxy'>
}
