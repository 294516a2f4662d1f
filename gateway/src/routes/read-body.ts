import { ApiError } from '../openai/api-error.js'
import { parseBody } from '../openai/json/parse-body.js'

/** Reads the body of a request as a JSON object. @throws ApiError 415, 413 or 400 */
export async function readJsonBody(
  request: Request,
  { maxBodyBytes }: { readonly maxBodyBytes: number },
): Promise<Record<string, unknown>> {
  assertReadable(request.headers)
  return parseBody(await readBody(request, maxBodyBytes))
}

/** Asserts that the body is JSON in UTF-8, its only encoding. @throws ApiError 415 */
function assertReadable(headers: Headers): void {
  const type = headers.get('content-type') ?? ''
  if (!/^application\/(\w+\+)?json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?;?\s*$/i.test(type))
    throw new ApiError(415, `content-type is "${type.slice(0, 100)}": expected application/json in UTF-8`)
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity')
    throw new ApiError(415, `content-encoding is "${encoding.slice(0, 100)}": expected an uncompressed body`)
}

/**
 * Reads the body of a request as text, framed by length or in chunks. Hono's bodyLimit does not
 * work here: it builds a new Request for a chunked body, and Node's Request class refuses the
 * server's own request object.
 * @throws ApiError 413 as soon as the body is larger than `maxBytes`; 400 if it ends early or is
 *   not UTF-8
 */
async function readBody(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of readChunks(request)) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return decode(Buffer.concat(chunks))
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ApiError(400, 'the body is not UTF-8', { cause })
  }
}

async function* readChunks(request: Request): AsyncGenerator<Uint8Array, void> {
  try {
    yield* request.body ?? []
  } catch (cause) {
    throw new ApiError(400, 'the body ended early', { cause })
  }
}

const tooLarge = (maxBytes: number): ApiError =>
  new ApiError(413, `the body is larger than the limit of ${maxBytes} bytes`)
