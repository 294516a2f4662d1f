import type { WeightSource } from '../source.js'
import { rowCount, tensorBytes } from '../tensor-table.js'

export interface HeadCounts {
  readonly heads: number
  readonly keyValueHeads: number
}

/**
 * llama.cpp keeps the query and key rows of llama models so that the two numbers that rotate together lie side by side
 * (row 2 j + s of a head); Hugging Face keeps them half a head apart (row j + s D / 2). Gives them in the latter order.
 */
export function unpermuteRows(source: WeightSource, { heads, keyValueHeads }: HeadCounts): WeightSource {
  return {
    ...source,
    async readRows(name, start, end) {
      const info = source.tensors.get(name)
      const part = /\.self_attn\.([qk])_proj\.(weight|bias)$/.exec(name)?.[1]
      if (info === undefined || part === undefined) return await source.readRows(name, start, end)

      const isVector = info.shape.length === 1
      // A vector is one row to the caller, and one number a row to the permutation.
      const units = isVector ? (info.shape[0] ?? 1) : rowCount(info)
      const unitBytes = (tensorBytes(info) ?? 0) / units
      const perHead = units / (part === 'q' ? heads : keyValueHeads)
      const [from, to] = isVector ? [0, units] : [start, end]
      const first = Math.floor(from / perHead) * perHead
      const last = Math.ceil(to / perHead) * perHead
      const stored = isVector ? await source.readRows(name, 0, 1) : await source.readRows(name, first, last)
      const out = new Uint8Array((to - from) * unitBytes)
      for (let row = from; row < to; row++) {
        const at = (storedRow(row, perHead) - first) * unitBytes
        out.set(stored.subarray(at, at + unitBytes), (row - from) * unitBytes)
      }
      return out
    },
  }
}

/** Where Hugging Face's row is in the file. */
function storedRow(row: number, perHead: number): number {
  const inHead = row % perHead
  const half = perHead / 2
  return row - inHead + 2 * (inHead % half) + Math.floor(inHead / half)
}
