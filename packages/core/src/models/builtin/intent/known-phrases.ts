import type { Resource } from '../plan/project-plan.ts'
import { isFeature } from './feature-words.ts'
import type { PromptText } from './prompt-text.ts'

const HTTP_KIND =
  /\b(?:(?:rest(?:ful)?|json|http|web|crud|api|node)[\s/-]+)*(?:https? server|web[- ]?servers?|servers?|web ?services?|rest(?:ful)?[- ]?(?:apis?|services?)|crud|apis?|http ?services?|backend|endpoints?|routes?)\b|\bhttp\b|\brest(?:ful)?\b/

/** Phrases that every project fulfils. */
const EVERY_PROJECT: readonly RegExp[] = [
  /\b(?:one|two|three|four|five|six|\d)\s+(?=(?:routes?|endpoints?|resources?|commands?|subcommands?|functions?)\b)/,
  /\b(?:automated|unit|integration|e2e|end-to-end)(?:\s+(?:and\s+)?(?:unit|integration|e2e|end-to-end))*\s+tests?\b/,
  /\b(?:well[- ])?tested\b|\bwell[- ](?:documented|structured|written)\b|\bbest practices\b|\bunit[- ]tested\b/,
  /\b(?:(?:proper|basic|good|json|central(?:ized|ised)?|consistent|robust)\s+)*error[- ]?(?:handling|handlers?|responses?|messages?|middleware)\b/,
]

/** Phrases that every HTTP project fulfils. */
const EVERY_SERVER: readonly RegExp[] = [
  /\bgraceful(?:ly)?\s+(?:shuts?[- ]?downs?|shutting\s+down|stops?|exits?)(?:\s+(?:handling|on\s+sig(?:term|int)(?:\s+and\s+sig(?:term|int))?))?/,
  /\b(?:(?:json|custom|proper)\s+)*(?:40[045]|413|415|500)s?\b(?:\s*(?:errors?|handling|handler|responses?|routes?|status(?:es)?(?: codes?)?|not found|bad request|for\s+(?:unknown|missing|unmatched|other|all\s+other)\s+(?:routes?|paths?|urls?|resources?|ids?)))*/,
  /\b(?:unknown|unmatched|other|undefined)\s+(?:routes?|paths?|urls?|endpoints?)\b/,
  /\bnot[- ]found\b(?:\s+(?:handling|handler|responses?|errors?))?/,
  /\b(?:(?:correct|proper|appropriate|suitable|right)\s+)?(?:http\s+)?status\s+codes?\b/,
  /\b(?:in\s+|as\s+)?json(?:\s+(?:responses?|bodies|body|answers?|format|output|data))?\b/,
  /\b(?:request|body|payload)\s+(?:size\s+)?limits?\b/,
  /\b(?:get|http)\s+(?:requests?|methods?)\b|\brequests?\b|\bresponses?\b/,
]

const OPERATION = `(?:crud|creat(?:e|es|ing|ion)|read(?:s|ing)?|updat(?:e|es|ing)|delet(?:e|es|ing|ion)|list(?:s|ing)?|get(?:ting)?|post|put|patch|remov(?:e|es|ing|al)|edit(?:s|ing)?|add(?:s|ing)?|fetch(?:es|ing)?|view(?:s|ing)?|retriev(?:e|es|ing|al)|manag(?:e|es|ing))`

/** Phrases that only a project with resources fulfils. */
const RESOURCES_ONLY: readonly RegExp[] = [
  /\b(?:(?:input|request|field|data|schema|body|payload|type|server-side|basic|proper|strict)\s+)*validation(?:\s+(?:of|for|on)\s+(?:the\s+|all\s+)?(?:inputs?|requests?|fields?|body|bodies|data|types?|payloads?))?\b/,
  /\bvalidat(?:e|es|ing|ed)(?:\s+(?:the|all|every|each|its|their|by|types?|inputs?|request|requests|fields?|bod(?:y|ies)|data|payloads?))*\b/,
  /\b(?:pagination|paginated?|paging)(?:\s+(?:of|for|on)\s+(?:the\s+|all\s+)?(?:lists?|results?))?(?:\s+(?:with|via|by|using)\s+(?:limit\s+(?:and|\/)\s+offset|limit|offset))?\b|\blimit\s+and\s+offset\b/,
  /\bfilter(?:ing|ed|s|able)?(?:\s+(?:by|on)\s+(?:any\s+|every\s+|all\s+|each\s+)?fields?)?\b/,
  /\b(?:(?:an?|the)\s+)?(?:simple\s+)?in[- ]?memory(?:\s+(?:store|storage|database|db|data|array|list|repository|map|collection))*\b|\b(?:stored?|kept|held|keep)\s+(?:\w+\s+)?in\s+memory\b/,
  new RegExp(
    `\\b${OPERATION}(?:\\s*(?:,|\\/|and|&|or)\\s*(?:and\\s+)?${OPERATION})*(?:\\s+(?:operations?|endpoints?|routes?|methods?|requests?|actions?|items?|them|it))?\\b`,
  ),
  /\b(?:uuid|unique|generated)\s+(?:ids?|identifiers?)\b|\bby\s+ids?\b|\bids?\b/,
  /\b(?:resources?|data|items?|records?|entities|entity|store|stored|storage|fields?|types?|typed|operations?)\b/,
]

/** Takes what the project fulfils without a choice, and the words that name its kind. */
export function takeServerPhrases(text: PromptText, resources: readonly Resource[]): { readonly named: boolean } {
  for (const { path, singular, plural } of resources) {
    // The routes of a resource, spelled out.
    text.takeAll(
      new RegExp(
        `(?:\\b(?:GET|POST|PUT|PATCH|DELETE)\\b[\\s,/]*)*\\/(?:${path})(?:\\/(?::id|\\{id\\}|<id>))?(?![\\w/])`,
      ),
    )
    text.takeAll(new RegExp(`\\b(?:${path.replaceAll('-', '[\\s-]')}|${singular}|${plural})\\b`))
  }
  for (const pattern of [...EVERY_PROJECT, ...EVERY_SERVER, ...(resources.length > 0 ? RESOURCES_ONLY : [])]) {
    text.takeAll(pattern)
  }
  return { named: text.takeAll(HTTP_KIND).length > 0 }
}

export function takeProjectPhrases(text: PromptText): void {
  for (const pattern of EVERY_PROJECT) text.takeAll(pattern)
}

/** Whether a text speaks of a server or an API. */
export function mentionsHttp(text: PromptText): boolean {
  return /\b(?:https?|servers?|rest(?:ful)?|apis?|crud|endpoints?|routes?|microservices?|web ?services?|backend)\b/i.test(
    text.current(),
  )
}

const EXCLUSION =
  /\b(?:without|no|don't need|do not need|doesn't need|don't use|do not use|don't add|do not add|not)\s+(?:(?:an?|any|the|using|need(?:ing)?)\s+)*([\w./-]+)/
const NEXT_EXCLUSION = /^\s*(?:,\s*(?:or\s+|nor\s+|no\s+)?|or\s+|nor\s+|and\s+no\s+)(?:an?\s+|any\s+)?([\w./-]+)/

/** "without authentication", "no database or cache": what is excluded is not asked for. */
export function takeExclusions(text: PromptText): void {
  let from = 0
  for (;;) {
    const match = new RegExp(EXCLUSION.source, 'i').exec(text.current().slice(from))
    if (match === null) return
    const start = from + match.index
    let end = start + match[0].length
    from = end
    // Only features count as excluded; the list ends at the first word that is none.
    if (!isFeature(match[1] ?? '')) continue
    for (;;) {
      const next = new RegExp(NEXT_EXCLUSION.source, 'i').exec(text.current().slice(end))
      if (next === null || !isFeature(next[1] ?? '')) break
      end += next[0].length
    }
    text.takeSpan(start, end)
    from = start
  }
}
