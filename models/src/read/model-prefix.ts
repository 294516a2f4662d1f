import type { WeightSource } from '../source.js'

const prefix = 'model.'
/** The parts of a decoder, as its base class (`AutoModel`) names them. */
const baseModelName = /^(embed_tokens|norm|layers\.\d+)\./

/**
 * Returns tensors of a base class with the names of a language model: "layers.0..." as
 * "model.layers.0...". transformers loads such checkpoints too. Other names stay.
 * @throws Error if a tensor is there under both names
 */
export function withModelPrefix(weights: WeightSource, path: string): WeightSource {
  const storedNames = new Map<string, string>()
  const rename = <T>(named: ReadonlyMap<string, T>) =>
    new Map(
      [...named].map(([name, value]) => {
        if (!baseModelName.test(name)) return [name, value] as const
        storedNames.set(`${prefix}${name}`, name)
        return [`${prefix}${name}`, value] as const
      }),
    )
  const [tensors, unreadable] = [rename(weights.tensors), rename(weights.unreadable)]
  if (storedNames.size === 0) return weights
  for (const [name, stored] of storedNames)
    if (weights.tensors.has(name) || weights.unreadable.has(name))
      throw new Error(`${path} has the tensor ${stored} and the tensor ${name}: expected only one of them`)
  return {
    ...weights,
    tensors,
    unreadable,
    readRows: (name, start, end) => weights.readRows(storedNames.get(name) ?? name, start, end),
  }
}
