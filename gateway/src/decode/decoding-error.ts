/** What a request asks for gives no token here, though its parameters are valid: the caller's fault, found late. */
export class DecodingError extends Error {
  override readonly name = 'DecodingError'

  /** @param param the request's field at fault */
  constructor(
    readonly param: string,
    message: string,
  ) {
    super(`${param}: ${message}`)
  }
}
