import type { Field, FieldType } from '../plan/project-plan.ts'

/** Names that mean their type when a request gives none. */
const TYPE_BY_NAME: readonly (readonly [RegExp, FieldType])[] = [
  [/^e?-?mail(?:Address)?$|Email$/, 'email'],
  [
    /^(?:age|year|pages?|pageCount|quantity|stock|count|amountInStock|number|capacity|seats|position|order|priority|duration|votes|likes|views|size|floor|bedrooms|copies|downloads)$|(?:Count|Quantity|Year|Pages|Age)$/,
    'integer',
  ],
  [
    /^(?:price|cost|amount|total|rating|score|weight|height|width|length|balance|salary|discount|latitude|longitude|temperature|distance|tax|rate|percentage|budget)$|(?:Price|Amount|Rating|Score|Cost|Rate)$/,
    'number',
  ],
  [
    /^(?:done|completed?|finished|active|available|enabled|published|archived|paid|read|favorite|inStock|public|private|verified|open|closed|checked)$|^(?:is|has|can)[A-Z]/,
    'boolean',
  ],
  [/^(?:date|day|birthday|birthdate|deadline|due)$|(?:Date|Day|Deadline)$/, 'date'],
]

const PLAIN_TEXT =
  /^(?:title|name|author|description|content|body|text|summary|category|genre|isbn|sku|brand|color|colour|address|city|country|phone|telephone|street|zip|language|publisher|label|note|notes|message|subject|slug|url|link|model|make|manufacturer|owner|department|role|company|firstName|lastName|fullName|username|nickname|director|artist|album|species|breed|location|code|currency|unit|ingredients|instructions|state|type|kind|topic|tag|gender|job|vendor|supplier|customer|barcode|reason|comment|bio|question|answer|host|venue|material|airline|editor)$|(?:Name|Title|Text|Code|Number|Address)$/

/** Names whose values must not be kept as they come. */
const SECRET =
  /^(?:password|passwd|pwd|passphrase|pin|secret|token|apiKey|ssn|creditCard|cardNumber|cvv)$|(?:Password|Secret|Token)$/

export function isSecretField(name: string): boolean {
  return SECRET.test(name)
}

/** Whether a name is a usual field, so that it is one even without a type. */
export function isUsualField(name: string): boolean {
  return PLAIN_TEXT.test(name) || TYPE_BY_NAME.some(([pattern]) => pattern.test(name))
}

/** The type that a name without a type means. */
export function typeOfName(name: string): FieldType {
  return TYPE_BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'string'
}

function fields(list: string): Field[] {
  return list.split(' ').map((entry) => {
    const optional = entry.endsWith('?')
    const name = optional ? entry.slice(0, -1) : entry
    return { name, type: typeOfName(name), required: !optional, values: [] }
  })
}

/** Fields of resources that are asked for without any; by singular noun. */
const USUAL_RESOURCES: Readonly<Record<string, string>> = {
  book: 'title author year? available?',
  todo: 'title completed? dueDate?',
  task: 'title description? completed? dueDate?',
  user: 'name email',
  person: 'name email? age?',
  contact: 'name email phone?',
  customer: 'name email phone?',
  employee: 'name email department?',
  student: 'name email age?',
  product: 'name price description? inStock?',
  item: 'name quantity description?',
  note: 'title content',
  post: 'title content author published?',
  article: 'title content author published?',
  comment: 'author text',
  movie: 'title director year rating?',
  song: 'title artist album? year?',
  album: 'title artist year?',
  recipe: 'title ingredients instructions duration?',
  event: 'title date location description?',
  category: 'name description?',
  author: 'name email?',
  pet: 'name species age?',
  car: 'make model year price?',
}

/** The usual fields of a resource, or null when it has none. */
export function usualFields(singular: string): Field[] | null {
  const list = USUAL_RESOURCES[singular]
  return list === undefined ? null : fields(list)
}
