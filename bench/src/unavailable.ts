/** A case cannot run here; the others can. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}
