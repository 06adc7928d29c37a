/**
 * Features that requests often name and that no building block has. They are listed so that they are never taken for
 * a field, a resource or a message, and so that a refusal can name them.
 */
const FEATURES = `
auth authentication authorization authorisation authenticate authenticated oauth oauth2 oidc openid sso saml jwt login logout signin
signup sign-in sign-up session sessions cookie cookies password passwords permission permissions rbac acl
database databases db sql sqlite postgres postgresql mysql mariadb mongodb mongo mongoose redis dynamodb cassandra elasticsearch
prisma drizzle sequelize typeorm knex orm migration migrations persistence persistent persist
websocket websockets socket.io socketio realtime real-time sse server-sent streaming stream streams webrtc
payment payments stripe paypal billing checkout invoice-pdf
docker dockerfile docker-compose compose container containers kubernetes k8s helm terraform aws gcp azure lambda serverless vercel netlify
cloud deploy deployment deployed ci cd ci/cd pipeline github-actions nginx
graphql apollo grpc protobuf soap rpc trpc openapi swagger webhook webhooks
smtp mailer sendgrid nodemailer sms twilio notification notifications push
kafka rabbitmq amqp sqs mqtt queue queues worker workers cron scheduler scheduled job jobs
react vue angular svelte next nextjs next.js nuxt remix frontend front-end ui gui html css tailwind bootstrap page pages website spa ssr
upload uploads uploading download downloads s3 image images video pdf
cache caching cached rate-limit rate-limiting ratelimit throttling throttle cors helmet csrf https tls ssl http2 http/2 http3
logging logger logs log winston pino metrics prometheus tracing opentelemetry telemetry monitoring sentry
cluster clustering proxy gateway balancer load-balancer microservices event-driven
python go golang rust java kotlin scala php ruby rails django flask laravel spring c# .net dotnet swift elixir c++
nest nestjs koa hapi sails adonis deno bun cheerio puppeteer playwright cypress selenium mocha chai ava jasmine tap
ai llm chatgpt openai embedding embeddings chatbot chat bot discord slack telegram
blockchain ethereum web3 crypto wallet
scrape scraper scraping crawler crawl search searching fulltext full-text recommendation
i18n localization localisation translation translations
encryption encrypt encrypted decrypt
`

const FEATURE_WORDS: ReadonlySet<string> = new Set(FEATURES.split(/\s+/).filter((word) => word !== ''))

/** Whether a word names a feature that cannot be composed. */
export function isFeature(word: string): boolean {
  return FEATURE_WORDS.has(word.toLowerCase())
}
