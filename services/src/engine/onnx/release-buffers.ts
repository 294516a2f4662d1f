/**
 * Gives back the memory of arrays that nothing reads any more. Keys and values live so long that only a collection of the whole
 * heap would notice their end; what is transferred to an object of its own is freed by the next collection of new ones.
 * @param arrays all views of their buffers are empty from now on
 */
export function letGo(arrays: readonly Float32Array<ArrayBuffer>[]): void {
  const transfer = arrays.map(({ buffer }) => buffer).filter(({ byteLength }) => byteLength > 0)
  if (transfer.length > 0) structuredClone(transfer, { transfer })
}
