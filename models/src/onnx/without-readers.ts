import { decodeModel, encodeModel } from './schema.js'

/** The same graph without all that is computed from one of its values, outputs too. Branches of an `If` must not read that value. */
export function withoutReaders(model: Uint8Array, value: string): Uint8Array {
  const decoded = decodeModel(model)
  const { graph } = decoded
  if (!graph) return model
  const derived = new Set<string>()
  // Nodes stand behind those that they read.
  graph.node = graph.node.filter(({ input, output }) => {
    const isDerived = input.some((name) => name === value || derived.has(name))
    if (isDerived) for (const name of output) derived.add(name)
    return !isDerived
  })
  graph.output = graph.output.filter(({ name }) => !derived.has(name))
  return encodeModel(decoded)
}
