/** What a request fails with. @throws Error where it is answered */
export async function failureOf(request: PromiseLike<unknown>): Promise<unknown> {
  try {
    await request
  } catch (error) {
    return error
  }
  throw new Error('the request was accepted')
}
