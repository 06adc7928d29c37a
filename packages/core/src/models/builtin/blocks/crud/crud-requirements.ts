import type { Field, Resource } from '../../plan/project-plan.ts'
import type { PlannedRequirement } from '../../render/composed-project.ts'
import { singularWords } from './crud-modules.ts'

/** Keys of the requirements of one resource. */
export function resourceKeys(resource: Resource) {
  const key = (part: string): string => `${resource.path}.${part}`
  return {
    create: key('create'),
    list: key('list'),
    get: key('get'),
    update: key('update'),
    remove: key('remove'),
    validation: key('validation'),
  }
}

function describeField(field: Field): string {
  const type = field.type === 'enum' ? `one of ${field.values.join(', ')}` : field.type
  return `${field.name} (${type}, ${field.required ? 'required' : 'optional'})`
}

/** What a resource of a CRUD API must do. */
export function resourceRequirements(resource: Resource): PlannedRequirement[] {
  const keys = resourceKeys(resource)
  const noun = singularWords(resource)
  const { path } = resource
  const client = 'a client of the API'
  return [
    {
      key: keys.create,
      text: `POST /${path} creates a ${noun} with the fields ${resource.fields.map(describeField).join(', ')} and answers 201 with its id and a Location header.`,
      priority: 'must',
      story: { asA: client, iWant: `to create a ${noun}`, soThat: 'it can be found later by its id' },
      criteria: [
        {
          given: 'a valid body',
          when: `POST /${path} is called`,
          outcome: `the answer is 201 with the ${noun} and its id`,
        },
      ],
    },
    {
      key: keys.list,
      text: `GET /${path} lists them in pages (limit 1 to 100, offset) and filters by the value of any field.`,
      priority: 'must',
      story: { asA: client, iWant: `to list and filter ${path}`, soThat: 'I find those that I need' },
      criteria: [
        {
          given: 'several items',
          when: `GET /${path}?limit=1&offset=1 is called`,
          outcome: 'the answer is 200 with the second item and the total',
        },
        { given: 'any state', when: `GET /${path}?limit=101 is called`, outcome: 'the answer is 400 and names limit' },
      ],
    },
    {
      key: keys.get,
      text: `GET /${path}/:id answers one ${noun}; an unknown id is answered 404.`,
      priority: 'must',
      criteria: [{ given: 'no such id', when: `GET /${path}/unknown is called`, outcome: 'the answer is 404' }],
    },
    {
      key: keys.update,
      text: `PUT /${path}/:id replaces a ${noun}, PATCH /${path}/:id changes single fields of it.`,
      priority: 'must',
      story: { asA: client, iWant: `to change a ${noun}`, soThat: 'it stays correct' },
      criteria: [
        {
          given: `an existing ${noun}`,
          when: 'PATCH is called with one field',
          outcome: 'only this field is changed',
        },
      ],
    },
    {
      key: keys.remove,
      text: `DELETE /${path}/:id removes a ${noun} and answers 204.`,
      priority: 'must',
      criteria: [{ given: `a removed ${noun}`, when: 'GET is called with its id', outcome: 'the answer is 404' }],
    },
    {
      key: keys.validation,
      text: `Bodies for ${path} are checked field by field; unknown, missing and wrong fields are answered 400 with one detail each.`,
      priority: 'must',
      criteria: resource.fields.map((field) => ({
        given: `a body whose ${field.name} is wrong`,
        when: `POST /${path} is called`,
        outcome: `the answer is 400 and the details name ${field.name}`,
      })),
    },
  ]
}
