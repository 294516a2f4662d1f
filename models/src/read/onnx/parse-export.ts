import {
  exportedInputs,
  exportedOutputs,
  exportedPastName,
  exportedPresentName,
  keyValueParts,
} from '../../exported-contract.js'
import type { ExportedGraph } from '../../manifest.js'
import { elementTypes } from '../../onnx/schema.js'
import type { GraphScan, GraphValue } from './scan-graph.js'

/** What an exported graph says of its model. Null is what it leaves open. */
export interface GraphShape extends ExportedGraph {
  readonly layers: number
  readonly keyValueHeads: number | null
  readonly headSize: number | null
  readonly vocabularySize: number | null
}

const { int64, float32, float16 } = elementTypes
const optional: readonly string[] = Object.values(exportedInputs)
const exportAnew = 'Export it anew: "optimum-cli export onnx --model MODEL --task text-generation-with-past FOLDER"'

/**
 * Whether the engine for exported graphs can run this one.
 * @param path how messages name it
 * @throws Error naming the inputs or outputs that are other than exported-contract.ts says
 */
export function parseExport({ inputs, outputs }: GraphScan, path: string): GraphShape {
  const values = new Map([...inputs, ...outputs].map((value) => [value.name, value]))
  const pasts = inputs.filter(({ name }) => name.startsWith('past_key_values.'))
  assertInputs(inputs, pasts.length, path)
  const layers = Math.ceil(pasts.length / keyValueParts.length)
  const expected = Array.from({ length: layers }, (_, layer) =>
    keyValueParts.flatMap((part) => [exportedPastName(layer, part), exportedPresentName(layer, part)]),
  ).flat()
  const { logits } = exportedOutputs
  const missing = [exportedInputs.tokenIds, logits, ...expected].filter((name) => !values.has(name))
  if (missing.length > 0)
    throw new Error(
      `${path} lacks ${listed(missing)}; a decoder of ${layers} layers that is exported with its cache has them. ${exportAnew}`,
    )
  const found = (name: string) => values.get(name) as GraphValue
  for (const name of optional) if (values.has(name)) assertType(found(name), [int64], path)
  assertType(found(logits), [float32, float16], path)
  return {
    layers,
    ...parseKeysValues(expected.map(found), path),
    vocabularySize: found(logits).shape[2] ?? null,
  }
}

function assertInputs(inputs: readonly GraphValue[], pasts: number, path: string): void {
  const unknown = inputs
    .map(({ name }) => name)
    .filter((name) => !optional.includes(name) && !/^past_key_values\.\d+\.(key|value)$/.test(name))
  if (unknown.includes('use_cache_branch'))
    throw new Error(
      `${path} is two decoders in one (it takes use_cache_branch), as older versions of optimum merged them. ${exportAnew}`,
    )
  if (unknown.length > 0)
    throw new Error(
      `${path} takes inputs that are not known here: ${listed(unknown)}. ` +
        `Known are ${optional.join(', ')}, past_key_values.N.key and past_key_values.N.value. ` +
        'Give the safetensors checkpoint or a GGUF file of this model, if its architecture is built',
    )
  if (pasts === 0)
    throw new Error(
      `${path} takes no past_key_values, so that each token would compute the whole text again. ${exportAnew}`,
    )
}

/** Keys and values of all layers, in and out, are of one type and shape. */
function parseKeysValues(values: readonly GraphValue[], path: string) {
  const keyValueType = values[0]?.elementType === float16 ? 'float16' : 'float32'
  let keyValueHeads: number | null = null
  let headSize: number | null = null
  for (const value of values) {
    assertType(value, [elementTypes[keyValueType]], path)
    const [, heads = null, time = null, size = null] = value.shape
    const isLike = (a: number | null, b: number | null) => a === null || b === null || a === b
    if (value.shape.length !== 4 || time !== null || !isLike(heads, keyValueHeads) || !isLike(size, headSize))
      throw new Error(
        `${path}: ${value.name} is of shape [${value.shape.map((n) => n ?? '?').join(', ')}]; expected ` +
          `[batch, ${keyValueHeads ?? 'heads'}, any length, ${headSize ?? 'head size'}], the same for all layers`,
      )
    keyValueHeads ??= heads
    headSize ??= size
  }
  return { keyValueType, keyValueHeads, headSize } as const
}

function assertType({ name, elementType }: GraphValue, expected: readonly number[], path: string): void {
  if (expected.includes(elementType)) return
  const nameOf = (type: number) =>
    Object.entries(elementTypes).find(([, number]) => number === type)?.[0] ?? `type ${type} of ONNX`
  throw new Error(`${path}: ${name} is of ${nameOf(elementType)}; expected ${expected.map(nameOf).join(' or ')}`)
}

/** The first few by name. */
function listed(names: readonly string[]): string {
  const most = 6
  return names.slice(0, most).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '')
}
