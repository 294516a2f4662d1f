/** A JSON Schema of the document; those that refer to others have nothing else. */
interface Schema {
  $ref?: string
  type?: string
  enum?: readonly unknown[]
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  maximum?: number
}
interface Document {
  paths: Record<string, { post?: { requestBody: Body; responses: Record<string, Body> } }>
  components: { schemas: Record<string, Schema> }
}
interface Body {
  content: Record<string, { schema: Schema }>
}

/** What a server has, which its document leaves open. */
export interface Served {
  /** What `model` can be. */
  readonly modelIds: readonly string[]
  /** What `decoding` can name. */
  readonly models: readonly string[]
  readonly rewards: readonly string[]
  readonly vocabularySize: number
}

const few = { type: 'integer', minimum: 1, maximum: 3 }
const formulas = { enum: ['dpo', 'dpo + 0.5*(dpo - sft)', 'max(dpo, sft)'] }
const isNull = { type: 'null' }

/** One of two fields, neither both nor none; the others of `more` go with the first alone. */
const eitherOf = (first: string, second: string, ...more: string[]): Schema[] => [
  { required: [first], properties: { [second]: isNull } },
  { required: [second], properties: Object.fromEntries([first, ...more].map((name) => [name, isNull])) },
]

/**
 * The document as of a server with these models: requests made of it name models and tokens that are there, are answered soon, and keep
 * to what only messages of errors tell, so that many of them are answered.
 */
export function narrowDocument(document: object, { modelIds, models, rewards, vocabularySize }: Served): object {
  const narrowed = structuredClone(document) as Document
  const tokenId = { type: 'integer', minimum: 0, maximum: vocabularySize - 1 }
  const name = { enum: models }
  for (const [path, { post }] of Object.entries(narrowed.paths)) {
    if (!post) continue
    // Schemathesis takes this schema for that of an event with its `data`. The app under test checks what is in there.
    const stream = post.responses[200]?.content['text/event-stream']
    if (stream) stream.schema = {}
    const schema = post.requestBody.content['application/json']?.schema
    const fields = schema?.properties
    if (!schema || !fields) throw new Error(`the document has no fields of ${path}`)
    const narrow = (changes: Record<string, Schema>) => {
      for (const [key, change] of Object.entries(changes)) if (fields[key]) fields[key] = change
    }
    narrow({
      model: {
        enum: path === '/v1/score' ? [...rewards, null] : [...modelIds, ...(path.startsWith('/v1/') ? [] : [null])],
      },
      max_tokens: few,
      max_completion_tokens: few,
      min_tokens: { ...few, maximum: 1 },
      tokens: { type: 'array', items: tokenId },
      stop_token_ids: { type: 'array', items: tokenId },
    })
    for (const list of [fields.messages, fields.conversations]) narrowMessages(list)
    const prompts = fields.prompt?.anyOf ?? []
    for (const { items } of prompts.filter(({ type }) => type === 'array'))
      Object.assign(items ?? {}, items?.type === 'integer' ? tokenId : items?.items ? { items: tokenId } : {})
    if (path === '/tokenize') schema.anyOf = eitherOf('prompt', 'messages', 'add_special_tokens')
    if (path === '/v1/score') schema.anyOf = eitherOf('messages', 'conversations')
    if (fields.stream_options)
      schema.anyOf = [
        { required: ['stream'], properties: { stream: { enum: [true] } } },
        { properties: { stream_options: isNull } },
      ]
    if (fields.top_logprobs) Object.assign(schema, { required: [...(schema.required ?? []), 'logprobs'] })
    if (fields.top_logprobs) fields.logprobs = { enum: [true] }
  }
  for (const branch of narrowed.components.schemas.Decoding?.anyOf ?? []) {
    const { properties = {} } = branch
    branch.required = ['strategy', ...(branch.required ?? [])]
    const changes: Record<string, Schema> = { model: name, base: name, expert: name, amateur: name, n: few, width: few }
    for (const [key, change] of Object.entries({ ...changes, formula: formulas, reward: { enum: rewards } }))
      if (properties[key]) properties[key] = change
  }
  return narrowed
}

function narrowMessages(list: Schema | undefined): void {
  for (const schema of [list, ...(list?.anyOf ?? [])]) {
    const { items } = schema ?? {}
    if (items?.items) narrowMessages(items)
    if (!items?.properties?.content) continue
    items.properties.content = { type: 'string' }
    items.required = [...new Set([...(items.required ?? []), 'content'])]
  }
}
