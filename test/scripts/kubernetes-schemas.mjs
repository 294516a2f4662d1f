/**
 * Writes the JSON schemas that kubeconform needs for the kinds of the Helm chart: from the OpenAPI
 * document of Kubernetes, and from custom resource definitions. They are too large to check in.
 *
 * node test/scripts/kubernetes-schemas.mjs OUT SWAGGER CRD...
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const [out, swagger, ...definitions] = process.argv.slice(2)
if (out === undefined || swagger === undefined)
  throw new Error('expected: node test/scripts/kubernetes-schemas.mjs OUT SWAGGER CRD...')

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Accepts what the API server accepts, and no field that it does not know: a misspelt one is an
 * error.
 */
function makeStrict(schema) {
  if (Array.isArray(schema)) return schema.map(makeStrict)
  if (!isObject(schema)) return schema
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'])
    return { oneOf: [{ type: 'string' }, { type: 'integer' }] }
  const entries = Object.entries(schema).filter(([key]) => key !== 'description' && !key.startsWith('x-kubernetes-'))
  const strict = Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'properties' ? makeStrictFields(value) : makeStrict(value)]),
  )
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] || 'additionalProperties' in schema
  return isObject(schema.properties) && !isOpen ? { ...strict, additionalProperties: false } : strict
}

/** The names of fields are no keywords: a field may be called "description". */
const makeStrictFields = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, makeStrict(field)]))

/** kubeconform's name of a schema: the kind, the first part of its group, and the version. */
function write({ group, version, kind }, schema) {
  const parts = [kind.toLowerCase(), ...(group === '' ? [] : [group.split('.')[0]]), version]
  writeFileSync(join(out, `${parts.join('-')}.json`), JSON.stringify(schema))
}

/** Returns the names of the definitions that a schema refers to. */
const referencesOf = (schema) =>
  [...JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name]) => name)

function collect(name, all, found = new Map()) {
  if (found.has(name)) return found
  found.set(name, all[name])
  for (const other of referencesOf(all[name])) collect(other, all, found)
  return found
}

mkdirSync(out, { recursive: true })
const api = JSON.parse(readFileSync(swagger, 'utf8')).definitions
const strict = Object.fromEntries(Object.entries(api).map(([name, schema]) => [name, makeStrict(schema)]))
strict['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { oneOf: [{ type: 'string' }, { type: 'number' }] }
for (const [name, schema] of Object.entries(api))
  for (const kind of schema['x-kubernetes-group-version-kind'] ?? [])
    if (isObject(schema.properties?.metadata))
      write(kind, { $ref: `#/definitions/${name}`, definitions: Object.fromEntries(collect(name, strict)) })

const metadata = Object.fromEntries(collect('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', strict))
for (const file of definitions) {
  const { spec } = parse(readFileSync(file, 'utf8'))
  for (const { name: version, schema } of spec.versions) {
    const own = makeStrict(schema.openAPIV3Schema)
    own.properties.metadata = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }
    write({ group: spec.group, version, kind: spec.names.kind }, { ...own, definitions: metadata })
  }
}
