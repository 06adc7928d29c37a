/** An element of a report: name, attributes, child elements and its own text. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

interface OpenElement {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: XmlElement[]
  text: string
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/gy
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const MAX_DEPTH = 200

/**
 * Reads the XML that test runners write. Document types are refused, so no entity but the five standard ones and
 * character references exists.
 * @returns the root element
 * @throws Error when the text is not one well-formed element
 */
export function parseXml(text: string): XmlElement {
  const root: OpenElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const position = TOKEN.lastIndex
    const token = TOKEN.exec(text)
    if (token === null) throw new Error(`The XML breaks off at character ${position}.`)
    const [, cdata, slash, name, attributes, selfClosing, characters] = token
    const current = open.at(-1) ?? root
    if (cdata !== undefined) current.text += cdata
    else if (characters !== undefined) current.text += decodeEntities(characters)
    else if (name === undefined) continue
    else if (name.startsWith('!')) throw new Error('The XML declares a document type, which reports never need.')
    else if (slash === '/') {
      if (current === root || current.name !== name) throw new Error(`The XML closes <${name}> which is not open.`)
      open.pop()
    } else {
      const element = { name, attributes: parseAttributes(attributes ?? ''), children: [], text: '' }
      current.children.push(element)
      if (selfClosing !== '/') open.push(element)
      if (open.length > MAX_DEPTH) throw new Error(`The XML is nested deeper than ${MAX_DEPTH} elements.`)
    }
  }
  const [first, ...others] = root.children
  if (open.length !== 1 || first === undefined || others.length > 0)
    throw new Error('The XML is not one whole element.')
  return first
}

function parseAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (name !== undefined) attributes[name] = decodeEntities(double ?? single ?? '')
  }
  return attributes
}

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return NAMED_ENTITIES[entity] ?? whole
    const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number.parseInt(entity.slice(1), 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
