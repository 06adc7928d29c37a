export { createWebhooks, type RunningWebhooks, type Webhooks } from './create-webhooks.ts'
export { readSecrets } from './read-secrets.ts'
export type { WebhookSettings } from './webhook-settings.ts'
