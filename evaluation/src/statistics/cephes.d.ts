// The package has types, but its exports do not name them.
declare module 'cephes' {
  /** Resolves when the functions can be called. */
  export const compiled: Promise<void>
  /** Distribution function of the standard normal distribution. */
  export function ndtr(z: number): number
  /** Quantile of the standard normal distribution. */
  export function ndtri(share: number): number
  /** Distribution function of Student's t. */
  export function stdtr(degrees: number, t: number): number
}
