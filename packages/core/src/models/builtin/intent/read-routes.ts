import type { Route } from '../plan/project-plan.ts'
import type { PromptText } from './prompt-text.ts'

const VERB = String.raw`(?:that\s+|which\s+|to\s+|and\s+|it\s+|should\s+|must\s+|will\s+|simply\s+|just\s+|->\s*|=>\s*|→\s*|:\s*)*(?:returns?|returning|responds?(?:\s+with)?|responding(?:\s+with)?|answers?(?:\s+with)?|answering(?:\s+with)?|replies(?:\s+with)?|reply(?:\s+with)?|replying(?:\s+with)?|sends?(?:\s+back)?|sending|says?|saying|prints?|outputs?|serves?|serving|shows?|displays?|->|=>|→)`
const WHAT = String.raw`(?:\s+(?:an?|the|static|fixed|plain|simple|hard-?coded|(?<json>json)|(?<text>text(?:\/plain)?|string)|message|response|body|greeting|answer|object|page))*\s*:?\s*`
const JSON_MESSAGE = String.raw`\{\s*["']?message["']?\s*:\s*["'](?<jsonMessage>[^"'{}«»‹›]{1,200})["']\s*\}`
const QUOTED = String.raw`(?:"(?<double>[^"\n«»‹›]{1,200})"|'(?<single>[^'\n«»‹›]{1,200})')`
const HELLO = '(?<hello>hello,?[ -]?world!?)'
const MESSAGE = `(?:${JSON_MESSAGE}|${QUOTED}|${HELLO})`
const AS = String.raw`(?:\s+(?:in|as)\s+(?:(?<asJson>json)|(?:plain\s+)?(?<asText>text(?:\/plain)?))(?:\s+(?:format|response))?)?`
const PATH = String.raw`(?:(?:an?|the)\s+)?(?:GET\s+)?(?<path>\/[\w/-]*)(?:\s+(?:route|endpoint|path|url))?`
const AT = String.raw`(?:\s*(?:at|on|for|from|under|when(?:\s+\w+)?\s+(?:visiting|calling|hitting))\s+(?:the\s+)?(?:(?<root>root(?:\s+(?:path|route|url))?)|(?:GET\s+)?(?<at>\/[\w/-]*))(?:\s+(?:route|endpoint|path|requests?))?)?`
const EVERY_REQUEST =
  /\b(?:to|for|on)\s+(?:all|every|any|each)\s+(?:GET\s+|incoming\s+|http\s+)?(?:requests?|routes?|paths?|urls?)\b/

const AT_PATH = new RegExp(`${PATH}\\s*,?\\s*${VERB}${WHAT}${MESSAGE}${AS}`)
const BY_VERB = new RegExp(`${VERB}${WHAT}${MESSAGE}${AS}${AT}`)
const BARE_HELLO = new RegExp(`\\b(?:an?\\s+|the\\s+)?${HELLO}${AT}`)

function toMessage(groups: Record<string, string | undefined>): Route {
  const { jsonMessage, double, single, hello, json, asJson, path, at } = groups
  const message = jsonMessage ?? double ?? single ?? hello ?? ''
  const format = jsonMessage !== undefined || json !== undefined || asJson !== undefined ? 'json' : 'text'
  return { kind: 'message', path: path ?? at ?? '/', format, message }
}

const AN = String.raw`(?:\b(?:an?|the|has|have|with|plus|and)\s+)*`
const GET = String.raw`(?:GET\s+)?`
const ROUTE = String.raw`(?:\s+(?:endpoints?|routes?|checks?|paths?|urls?|handlers?|apis?))*`

const HEALTH = new RegExp(
  `${AN}(?:${GET}(?<path>\\/(?:api\\/)?(?:health(?:z|check|-check)?|livez?|status|ping))\\b|\\b(?:health(?:[- ]?checks?)?|liveness|readiness)\\b)${ROUTE}(?:\\s+(?:at|on|under)\\s+${GET}(?<at>\\/[\\w-]+))?(?:\\s+(?:that\\s+)?(?:returns?|returning|responding with|answers?)\\s+(?:the\\s+)?(?:json\\s+)?(?:status\\s+(?=["'{]|ok))?(?:["'{]*(?:status["']?\\s*:\\s*["']?)?ok["'}]*|status))?`,
)
const TIME = new RegExp(
  `${AN}(?:${GET}(?<path>\\/time)\\b${ROUTE}(?:\\s+(?:that\\s+)?(?:returns?|returning|with)\\s+the\\s+(?:current|server)\\s+(?:server\\s+)?(?:date\\s+and\\s+)?time)?|(?:returns?\\s+|tells?\\s+|shows?\\s+|returning\\s+)?(?:the\\s+)?(?:current|server)\\s+(?:server\\s+)?time\\b${ROUTE}(?:\\s+(?:at|on|under)\\s+${GET}(?<at>\\/[\\w-]+))?)`,
)
const GREETING = new RegExp(
  `${AN}(?:${GET}(?<path>\\/(?:hello|greet|greeting|hi))\\b${ROUTE}(?:\\s+(?:that\\s+|which\\s+)?(?:greets?|greeting)(?:\\s+(?:the\\s+)?(?:users?|callers?|visitors?|people|someone|you))?(?:\\s+by\\s+(?:their\\s+)?name)?)?|(?:that\\s+)?greets?\\s+(?:the\\s+|an?\\s+)?(?:users?|callers?|visitors?|people|someone|person)?(?:\\s*by\\s+(?:their\\s+)?name)?|(?:hello|greeting)${ROUTE}(?:\\s+(?:at|on|under)\\s+${GET}(?<at>\\/[\\w-]+))?)(?:\\s+(?:with|from|by|using|taking)\\s+(?:an?\\s+|the\\s+)?(?:optional\\s+)?(?:\\?)?name(?:=)?(?:\\s+(?:as\\s+)?(?:query\\s+)?(?:param(?:eter)?|query|string))*)?`,
)
const ECHO = new RegExp(
  `${AN}(?:(?:POST\\s+)(?<path>\\/echo)\\b${ROUTE}|(?<bare>\\/echo)\\b${ROUTE}|\\becho(?:es|ing|s)?\\b${ROUTE}(?:\\s+(?:at|on|under)\\s+(?:POST\\s+)?(?<at>\\/[\\w-]+))?)(?:\\s+(?:server|service))?(?:\\s*,?\\s*(?:that\\s+|which\\s+|and\\s+)*(?:returns?|echoes|echo|sends?|responds? with|returning|echoing)?(?:\\s+back)?\\s*(?:whatever|the|a|any|their|its)?\\s*(?:posted\\s+|sent\\s+|received\\s+|request(?:'s)?\\s+|json\\s+)*(?:body|json|payload|requests?)(?:\\s+(?:back|it\\s+(?:gets|receives|is\\s+sent)))?)?`,
)

/** "/" in a list of routes, without words about its answer. */
const BARE_ROOT =
  /(?:\b(?:GET|at|on)\s+)?(?<=[\s:,(]|^)\/(?=[\s,.)]|$)(?:\s+(?:route|endpoint|path))?|\b(?:an?|the)\s+root\s+(?:route|endpoint|path)\b/

/** Takes the wish for one answer at every path out of a text; true when there is one. */
export function readEveryRequest(text: PromptText): boolean {
  return text.takeAll(EVERY_REQUEST).length > 0
}

/** Takes the simple routes out of a text: fixed messages, health, time, greeting and echo. */
export function readRoutes(text: PromptText): Route[] {
  const routes: Route[] = []
  for (const pattern of [AT_PATH, BY_VERB]) {
    for (const match of text.takeAll(pattern)) routes.push(toMessage(match.groups ?? {}))
  }
  const health = text.takeAll(HEALTH)[0]
  if (health !== undefined) routes.push({ kind: 'health', path: pathOf(health, '/health') })
  const time = text.takeAll(TIME)[0]
  if (time !== undefined) routes.push({ kind: 'time', path: pathOf(time, '/time') })
  for (const match of text.takeAll(BARE_HELLO)) {
    if (!routes.some((route) => route.kind === 'message')) routes.push(toMessage(match.groups ?? {}))
  }
  const echo = text.takeAll(ECHO)[0]
  if (echo !== undefined) routes.push({ kind: 'echo', path: pathOf(echo, '/echo') })
  const greeting = text.takeAll(GREETING)[0]
  if (greeting !== undefined) routes.push({ kind: 'greeting', path: pathOf(greeting, '/hello') })
  const bare = text.takeAll(BARE_ROOT).length > 0
  if (bare && !routes.some((route) => route.path === '/')) {
    routes.unshift({ kind: 'message', path: '/', format: 'json', message: 'Hello, world!' })
  }
  return routes
}

function pathOf(match: RegExpExecArray, fallback: string): string {
  return match.groups?.['path'] ?? match.groups?.['bare'] ?? match.groups?.['at'] ?? fallback
}

const PORT =
  /\b(?:(?:that\s+)?(?:listens?|listening|runs?|running|starts?)\s+)?(?:on\s+|at\s+)?(?:the\s+)?(?:tcp\s+)?port\s*(?:number\s*)?(?::|=|is)?\s*(\d{2,5})\b|\blocalhost:(\d{2,5})\b/
const PORT_VARIABLE =
  /\b(?:(?:with\s+)?(?:an?\s+|the\s+|its\s+)?(?:configurable\s+)?port\s*(?:is\s+)?(?:configurable\s+|read\s+|taken\s+|set\s+|comes\s+)*(?:from|by|via|through|with|using|in)\s+(?:an?\s+|the\s+)?)(?:PORT\b)?\s*(?:env(?:ironment)?(?:\.|\s+)?(?:variables?|vars?|PORT)?|process\.env\.PORT)?|\bprocess\.env\.PORT\b|\b(?:the\s+)?PORT\s+env(?:ironment)?(?:\s+(?:variable|var))?|\bconfigurable\s+port\b/

/** Takes the port out of a text; null when it names none. */
export function readPortWish(text: PromptText): number | null {
  text.takeAll(PORT_VARIABLE)
  const match = text.takeAll(PORT)[0]
  const port = Number(match?.[1] ?? match?.[2])
  return match !== undefined && port > 0 && port < 65_536 ? port : null
}
