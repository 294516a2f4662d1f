/**
 * Returns the error of a request.
 * @throws Error if the request succeeds
 */
export async function failureOf(request: PromiseLike<unknown>): Promise<unknown> {
  try {
    await request
  } catch (error) {
    return error
  }
  throw new Error('the request succeeded: expected an error')
}
