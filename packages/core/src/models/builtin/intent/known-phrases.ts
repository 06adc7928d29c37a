import { isFeature } from './feature-words.ts'
import type { PromptText } from './prompt-text.ts'

const HTTP_KIND =
  /\b(?:(?:rest(?:ful)?|json|http|web|crud|api|node)[\s/-]+)*(?:https? server|web[- ]?servers?|servers?|web ?services?|rest(?:ful)?[- ]?(?:apis?|services?)|crud|apis?|web ?apps?|web ?applications?|http ?services?|backend|endpoints?|routes?)\b|\bhttp\b|\brest(?:ful)?\b/

/** Phrases that every HTTP project fulfils. */
const ALWAYS: readonly RegExp[] = [
  /\b(?:graceful(?:ly)?\s+)(?:shuts?\s?downs?|shutting\s+down|stops?|exits?)(?:\s+(?:handling|on\s+sig(?:term|int)(?:\s+and\s+sig(?:term|int))?))?/,
  /\b(?:(?:proper|basic|good|json|central(?:ized|ised)?|consistent)\s+)*error[- ]?(?:handling|handlers?|responses?|messages?|middleware)\b/,
  /\b(?:(?:json|custom|proper)\s+)*(?:40[045]|413|415|500)s?\s*(?:errors?|handling|handler|responses?|pages?|routes?|status(?:es)?(?: codes?)?|for\s+(?:unknown|missing|unmatched|other|all\s+other)\s+(?:routes?|paths?|urls?|resources?|ids?))*(?:\s*(?:not found|bad request))?\b/,
  /\b(?:unknown|unmatched|other)\s+(?:routes?|paths?|urls?|endpoints?)\b/,
  /\bnot[- ]found\b(?:\s+(?:handling|handler|responses?|errors?))?/,
  /\b(?:(?:correct|proper|appropriate|suitable|right)\s+)?(?:http\s+)?status\s+codes?\b/,
  /\b(?:in\s+|as\s+)?json(?:\s+(?:responses?|bodies|body|answers?|format|output|data))?\b/,
  /\b(?:(?:request|body|payload)\s+)(?:size\s+)?limits?\b/,
  /\b(?:get|http)\s+(?:requests?|methods?)\b|\brequests?\b|\bresponses?\b/,
  /\b(?:automated|unit|integration|e2e|end-to-end)(?:\s+(?:and\s+)?(?:unit|integration|e2e|end-to-end))*\s+tests?\b/,
  /\b(?:well[- ])?tested\b|\bwell[- ]documented\b|\bwell[- ]structured\b|\bbest practices\b/,
]

/** Phrases that only a project with resources fulfils. */
const RESOURCES_ONLY: readonly RegExp[] = [
  /\b(?:(?:input|request|field|data|schema|body|payload|type|server-side|basic|proper|strict)\s+)*validation(?:\s+(?:of|for|on)\s+(?:the\s+|all\s+)?(?:inputs?|requests?|fields?|body|bodies|data|types?|payloads?))?\b/,
  /\bvalidat(?:e|es|ing|ed)(?:\s+(?:the|all|every|each|its|their|by|types?|inputs?|request|requests|fields?|bod(?:y|ies)|data|payloads?))*\b/,
  /\b(?:pagination|paginated?|paging)(?:\s+(?:of|for|on)\s+(?:the\s+|all\s+)?(?:lists?|results?))?(?:\s+(?:with|via|by|using)\s+(?:limit\s+(?:and|\/)\s+offset|limit|offset)(?:\s+and\s+offset)?)?\b|\blimit\s+and\s+offset\b/,
  /\bfilter(?:ing|ed|s|able)?(?:\s+(?:by|on)\s+(?:any\s+|every\s+|all\s+|each\s+)?fields?)?\b/,
  /\b(?:(?:an?|the)\s+)?(?:simple\s+)?in[- ]?memory(?:\s+(?:store|storage|database|db|data|array|list|repository|persistence|map|collection))?\b|\b(?:stored|kept|held)\s+in\s+memory\b/,
  /\b(?:crud|create|creating|read|reading|updat(?:e|ing)|delet(?:e|ing)|list|listing|get|post|put|patch|remov(?:e|ing)|edit(?:ing)?|add(?:ing)?|fetch(?:ing)?|view(?:ing)?|retriev(?:e|ing)|manage)(?:\s*(?:,|\/|and|&|or)\s*(?:and\s+)?(?:create|creating|read|reading|updat(?:e|ing)|delet(?:e|ing)|list|listing|get|post|put|patch|remov(?:e|ing)|edit(?:ing)?|add(?:ing)?|fetch(?:ing)?|view(?:ing)?|retriev(?:e|ing)))*(?:\s+(?:operations?|endpoints?|routes?|methods?|requests?|actions?|items?|them|it))?\b/,
  /\b(?:uuid|unique|generated)\s+(?:ids?|identifiers?)\b|\bby\s+ids?\b|\bids?\b/,
  /\b(?:resources?|data|items?|records?|entities|entity|store|storage|fields?|types?|typed)\b/,
]

/**
 * Takes phrases out of a text that the composed project fulfils without a choice, what is excluded explicitly, and
 * the words that name the kind of project.
 */
export function takeKnownPhrases(text: PromptText, hasResources: boolean): { readonly http: boolean } {
  takeExclusions(text)
  for (const pattern of [...ALWAYS, ...(hasResources ? RESOURCES_ONLY : [])]) text.takeAll(pattern)
  const http = text.takeAll(HTTP_KIND).length > 0
  return { http }
}

const EXCLUSION =
  /\b(?:without|no|don't need|do not need|doesn't need|don't use|do not use|don't add|do not add|not)\s+(?:(?:an?|any|the|using|need(?:ing)?)\s+)*([\w./-]+)((?:\s*(?:,|or|and|nor)\s*(?:an?\s+|any\s+|no\s+)?[\w./-]+)*)/

/** "without authentication", "no database or cache": what is excluded is not asked for. */
function takeExclusions(text: PromptText): void {
  for (let from = 0; ; ) {
    const match = new RegExp(EXCLUSION.source, 'i').exec(text.current().slice(from))
    if (match === null) return
    const start = from + match.index
    const first = match[1] ?? ''
    if (!isFeature(first)) {
      from = start + match[0].length
      continue
    }
    // Only features count as excluded; the list ends at the first word that is none.
    let end = start + match[0].length - (match[2] ?? '').length
    for (const part of (match[2] ?? '').matchAll(/\s*(?:,|or|and|nor)\s*(?:an?\s+|any\s+|no\s+)?([\w./-]+)/gi)) {
      if (!isFeature(part[1] ?? '') || /and/i.test(part[0])) break
      end = start + match[0].length - (match[2] ?? '').length + part.index + part[0].length
    }
    text.takeSpan(start, end)
    from = start
  }
}
