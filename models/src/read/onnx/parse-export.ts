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

/** The facts about a model that its exported graph shows. Null if the graph does not show it. */
export interface GraphShape extends ExportedGraph {
  readonly layers: number
  readonly keyValueHeads: number | null
  readonly headSize: number | null
  readonly vocabularySize: number | null
}

const { int64, float32, float16 } = elementTypes
const optional: readonly string[] = Object.values(exportedInputs)
const exportAgain = 'Export it again: "optimum-cli export onnx --model MODEL --task text-generation-with-past FOLDER"'

/**
 * Checks that the engine for exported graphs can run a graph, and reads its shape.
 * @param path the name of the graph in messages
 * @throws Error with the inputs or outputs that differ from exported-contract.ts
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
      `${path} lacks ${listed(missing)}; a decoder of ${layers} layers that was exported with its cache has them. ${exportAgain}`,
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
      `${path} is a merged graph of an older version of optimum (it has the input use_cache_branch). ${exportAgain}`,
    )
  if (unknown.length > 0)
    throw new Error(
      `${path} has unknown inputs: ${listed(unknown)}. ` +
        `Expected only ${optional.join(', ')}, past_key_values.N.key and past_key_values.N.value. ` +
        'Give the safetensors checkpoint or a GGUF file of this model, if its architecture is supported',
    )
  if (pasts === 0)
    throw new Error(`${path} has no past_key_values, so every token would compute the whole text again. ${exportAgain}`)
}

/** Checks that the keys and values of all layers have one type and shape, and returns them. */
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

/** Returns the first few names as text. */
function listed(names: readonly string[]): string {
  const most = 6
  return names.slice(0, most).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '')
}
