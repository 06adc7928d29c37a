/**
 * Words that ask for nothing of their own: grammar, politeness, and nouns and adjectives that the composed projects
 * fulfil anyway. Any other word that no rule understands makes the request unservable, so nothing belongs here that
 * could carry a wish alone: no negations ("without tests"), no things to work on ("files", "comments", "name").
 */
const FILLER = `
a an the this that these those it its it's is are be been being was were will would shall should must can could may might do does
did done has have having had i i'd i'm me my we us our you your they them their one ones there here so then than as at by for from
in into of off on onto out over to up with within and or but also too both each every all any some such only just very
if when where which who whose what how while via per between please thanks thank kindly hi hey
create creates creating build builds building make makes making write writes writing implement implements implementing
generate generates generating develop develops developing produce provide provides providing give gives set setup add adds adding
need needs needed want wants like help let lets let's start starts started starting run runs running use uses using used get gets
simple small basic minimal tiny little easy quick straightforward clean modern new good nice proper properly well complete
full working ready plain light lightweight robust solid idiomatic readable maintainable reusable modular typical standard
example sample demo starter boilerplate skeleton scaffold template project app application program code codebase module modules
package script software solution implementation functionality feature features service services microservice backend
work works support supports supporting supported include includes including included contain contains containing consist consists
expose exposes exposing offer offers handle handles handling serve serves serving listen listens listening respond responds
responding return returns returning answer answers accept accepts
following below above e.g eg etc i.e ie
test tests testing tested unit integration suite suites case cases coverage cover covers covered
documented documentation readme docs error errors handled correct correctly
language framework runtime environment tool tools utility utilities helper helpers function functions library
basically really actually appropriate sensible reasonable default defaults meaningful clear
least more most other others own same different various single multiple
yes ok
able ability allow allows allowing enable enables order way based exactly
`

const FILLER_WORDS: ReadonlySet<string> = new Set(FILLER.split(/\s+/).filter((word) => word !== ''))

export function isFiller(word: string): boolean {
  return FILLER_WORDS.has(word) || FILLER_WORDS.has(word.replace(/[.,;:!?]+$/, ''))
}
