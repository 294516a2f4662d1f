import { Ajv2020 } from 'ajv/dist/2020.js'
import { createOpenApi } from '../routes/openapi.js'

interface ResponseObject {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, object>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: Record<string, ResponseObject> }>>>>
  readonly components: { readonly responses: Readonly<Record<string, ResponseObject>> }
}

const document = createOpenApi() as Document
const ajv = new Ajv2020({ strict: false, validateSchema: false, formats: { int64: true } }).addSchema(
  document,
  'document',
)
const patterns = Object.keys(document.paths).map(
  (path) => [path, new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '.+')}$`)] as const,
)
const toPointerPart = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
const errorPlace = '#/components/responses/BadRequest/content/application~1json/schema'

/**
 * Finds the place of an answer's schema in the document; null if the answer has no body.
 * @throws Error if there is no schema
 */
export function findSchema(method: string, path: string, status: number, type: string): string | null {
  const [template = path] = patterns.find(([, pattern]) => pattern.test(path)) ?? []
  const operation = document.paths[template]?.[method.toLowerCase()]
  if (!operation) {
    if ([401, 404, 405].includes(status)) return errorPlace
    throw new Error(`the document has no ${method} ${path}, which answers ${status}`)
  }
  const found = operation.responses[status]
  if (!found) throw new Error(`the document has no status ${status} of ${method} ${template}`)
  const own = ['paths', template, method.toLowerCase(), 'responses', String(status)]
  const place = found.$ref ?? `#/${own.map(toPointerPart).join('/')}`
  const { content } = document.components.responses[found.$ref?.split('/').at(-1) ?? ''] ?? found
  if (!content) return null
  const media = type.split(';')[0] ?? ''
  if (!content[media])
    throw new Error(`the document has no ${media || 'empty body'} of ${method} ${template}, ${status}`)
  return `${place}/content/${toPointerPart(media)}/schema`
}

/** Validates a body by the schema at a place of the document. Returns the errors, or null. */
export function findFault(place: string, body: unknown): string | null {
  const validate = ajv.getSchema(`document${place}`) ?? ajv.compile({ $ref: `document${place}` })
  if (validate(body)) return null
  return `${JSON.stringify(body).slice(0, 500)} is not what the document has at ${place}: ${JSON.stringify(validate.errors)}`
}
