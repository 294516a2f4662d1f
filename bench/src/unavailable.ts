/** Thrown if a case cannot run on this machine. The other cases still run. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}
