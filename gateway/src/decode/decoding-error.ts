/**
 * A request with valid parameters for which decoding finds no token. The
 * request is at fault, not the server.
 */
export class DecodingError extends Error {
  override readonly name = 'DecodingError'

  /** @param param the request field at fault */
  constructor(
    readonly param: string,
    message: string,
  ) {
    super(`${param}: ${message}`)
  }
}
