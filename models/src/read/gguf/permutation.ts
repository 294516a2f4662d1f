import type { WeightSource } from '../../source.js'
import { rowCount, tensorBytes } from '../tensor-table.js'

/** Numbers of heads of a model. */
export interface HeadCounts {
  readonly heads: number
  readonly keyValueHeads: number
}

/**
 * Restores the row order of Hugging Face. In the query and key rows of llama models, llama.cpp
 * stores the two numbers that rotate together in adjacent rows (row 2 j + s of a head); Hugging
 * Face stores them half a head apart (row j + s D / 2).
 */
export function unpermuteRows(source: WeightSource, { heads, keyValueHeads }: HeadCounts): WeightSource {
  return {
    ...source,
    async readRows(name, start, end) {
      const info = source.tensors.get(name)
      const part = /\.self_attn\.([qk])_proj\.(weight|bias)$/.exec(name)?.[1]
      if (info === undefined || part === undefined) return await source.readRows(name, start, end)

      const isVector = info.shape.length === 1
      // A vector is one row for the caller. The permutation treats each of its numbers as a row.
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

/** Returns the row in the file for a row of Hugging Face. */
function storedRow(row: number, perHead: number): number {
  const inHead = row % perHead
  const half = perHead / 2
  return row - inHead + 2 * (inHead % half) + Math.floor(inHead / half)
}
