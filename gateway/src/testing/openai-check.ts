import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

interface Schema {
  readonly type?: string
  readonly properties?: Record<string, Schema>
  readonly items?: Schema
}
interface Schemas {
  readonly definitions: Record<string, Schema>
}

const text = readFileSync(new URL('../../../test/fixtures/openai/schemas.json', import.meta.url), 'utf8')

/**
 * Reads OpenAI's schemas and allows null in some places, as in OpenAI's answers. Its document omits
 * null in text completions, although streams have `usage: null`, and the first token of an echoed
 * prompt has no log-probability.
 */
function readSchemas(isStreamed: boolean): Schemas {
  const schemas = JSON.parse(text) as Schemas
  const { Completion, CompletionChoice, 'CompletionChoice.Logprobs': logprobs } = schemas.definitions
  for (const name of ['token_logprobs', 'top_logprobs']) allowNull(logprobs?.properties?.[name], 'items')
  if (!isStreamed) return schemas
  allowNull(Completion?.properties, 'usage')
  allowNull(CompletionChoice?.properties, 'finish_reason')
  return schemas
}

function allowNull<Key extends string>(place: { [name in Key]?: object } | undefined, key: Key): void {
  const schema = place?.[key]
  if (!schema) throw new Error(`OpenAI's schemas have no ${key} where it was expected`)
  Object.assign(place, { [key]: { anyOf: [schema, { type: 'null' }] } })
}

const compile = (isStreamed: boolean) => {
  const ajv = new Ajv({ strict: false }).addSchema(readSchemas(isStreamed), 'openai')
  return (name: string): ValidateFunction =>
    ajv.getSchema(`openai#/definitions/Objects/properties/${name}`) ?? ajv.compile({ not: {} })
}
const [whole, streamed] = [compile(false), compile(true)]

const validators: Readonly<Record<string, ValidateFunction>> = {
  'chat.completion': whole('chatCompletion'),
  'chat.completion.chunk': streamed('chatCompletionChunk'),
  text_completion: whole('completion'),
  'text_completion in a stream': streamed('completion'),
  model: whole('model'),
  list: whole('models'),
  error: whole('error'),
}

/**
 * Validates an error, or an answer of a route that OpenAI also has, by OpenAI's schemas. Returns
 * the errors, or null.
 * @param body the parsed body
 */
export function findDifference(path: string, body: object, isStreamed: boolean): string | null {
  if (path === '/v1/score') return null
  const object = 'error' in body ? 'error' : 'object' in body ? String(body.object) : null
  if (object !== 'error' && !path.startsWith('/v1/')) return null
  const validate = validators[isStreamed && object === 'text_completion' ? `${object} in a stream` : String(object)]
  if (!validate) return `OpenAI has no object "${object}"`
  if (validate(body)) return null
  return `${object} is not OpenAI's: ${JSON.stringify(validate.errors)}`
}
