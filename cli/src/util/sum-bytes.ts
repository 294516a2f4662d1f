/** Returns the total size. */
export const sumBytes = (things: readonly { readonly bytes: number }[]): number =>
  things.reduce((total, { bytes }) => total + bytes, 0)
