import { decodeModel, encodeModel } from './schema.js'

/**
 * Returns the same graph without the nodes and outputs that depend on a value. Branches of an `If`
 * must not read the value.
 */
export function withoutReaders(model: Uint8Array, value: string): Uint8Array {
  const decoded = decodeModel(model)
  const { graph } = decoded
  if (!graph) return model
  const derived = new Set<string>()
  // Nodes come after the nodes that they read.
  graph.node = graph.node.filter(({ input, output }) => {
    const isDerived = input.some((name) => name === value || derived.has(name))
    if (isDerived) for (const name of output) derived.add(name)
    return !isDerived
  })
  graph.output = graph.output.filter(({ name }) => !derived.has(name))
  return encodeModel(decoded)
}
