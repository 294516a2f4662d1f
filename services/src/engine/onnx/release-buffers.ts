/**
 * Releases the memory of arrays that are not read any more. Keys and values live long, so only a
 * collection of the whole heap would free them; a buffer that is transferred to a new object is
 * freed by the next minor collection.
 * @param arrays all views of their buffers are empty afterwards
 */
export function releaseBuffers(arrays: readonly Float32Array<ArrayBuffer>[]): void {
  const transfer = arrays.map(({ buffer }) => buffer).filter(({ byteLength }) => byteLength > 0)
  if (transfer.length > 0) structuredClone(transfer, { transfer })
}
