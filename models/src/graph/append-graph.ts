import { graphOutputs, pastKeyName, pastValueName } from '../graph-contract.js'
import type { Manifest } from '../manifest.js'
import { GraphBuilder } from '../onnx/graph-builder.js'
import { encodeGraph } from '../onnx/in-memory.js'

/** Name of an input: int64 [1], the number of past tokens to keep. */
export const appendLengthName = 'length'
/** Name of an output: float32 [length + S, 1, KVH, D], the keys of a layer. */
export const presentKeyName = (layer: number) => `present_key.${layer}`
/** Name of an output: float32 [length + S, 1, KVH, D], the values of a layer. */
export const presentValueName = (layer: number) => `present_value.${layer}`

/**
 * Builds a graph that updates the cache of one session on an accelerator, where keys and values
 * stay between runs. It truncates the past to a length, then appends the `new_keys_values` of a
 * run.
 */
export function appendGraph(manifest: Pick<Manifest, 'layers' | 'keyValueHeads' | 'headSize'>): Promise<Uint8Array> {
  const { layers, keyValueHeads, headSize } = manifest
  const graph = new GraphBuilder()
  const length = graph.input(appendLengthName, 'int64', [1])
  const sizes = [1, keyValueHeads, headSize]
  const fresh = graph.input(graphOutputs.newKeysValues, 'float32', [layers, 2, 'S', ...sizes])
  const flat = graph.node('Reshape', [fresh, graph.ints([2 * layers, -1, keyValueHeads, headSize])])
  const append = (pastName: string, part: number, presentName: string): void => {
    const past = graph.input(pastName, 'float32', ['T', ...sizes])
    const kept = graph.node('Slice', [past, graph.ints([0]), length, graph.ints([0])])
    // Split would need one output buffer per layer, and a shader has only a few.
    const chosen = graph.node('Gather', [flat, graph.int(part)], { attributes: { axis: 0 } })
    const tokens = graph.node('Reshape', [chosen, graph.ints([-1, ...sizes])])
    graph.node('Concat', [kept, tokens], { name: presentName, attributes: { axis: 0 } })
    graph.output(presentName, 'float32', ['P', ...sizes])
  }
  for (let layer = 0; layer < layers; layer++) {
    append(pastKeyName(layer), 2 * layer, presentKeyName(layer))
    append(pastValueName(layer), 2 * layer + 1, presentValueName(layer))
  }
  return encodeGraph(graph, 'append')
}
