import { graphOutputs, pastKeyName, pastValueName } from '../graph-contract.js'
import type { Manifest } from '../manifest.js'
import { GraphBuilder } from '../onnx/graph-builder.js'
import { encodeGraph } from '../onnx/in-memory.js'

/** int64 [1]: how many slots of the past to keep. */
export const appendLengthName = 'length'
/** float32 [length + S, 1, KVH, D] */
export const presentKeyName = (layer: number) => `present_key.${layer}`
/** float32 [length + S, 1, KVH, D] */
export const presentValueName = (layer: number) => `present_value.${layer}`

/**
 * A graph that appends what a run of the model gives (`new_keys_values`) to the past that the run had, cut to a length first,
 * for one session: for accelerators, where keys and values stay between runs.
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
    // Not Split: a shader writes to few buffers, and a model has many layers.
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
