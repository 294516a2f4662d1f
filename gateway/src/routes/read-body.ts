import { ApiError } from '../openai/api-error.js'
import { parseBody } from '../openai/fields.js'

/** A request's body as a JSON object. @throws ApiError 415, 413 or 400 where it is none */
export async function readJsonBody(
  request: Request,
  { maxBodyBytes }: { readonly maxBodyBytes: number },
): Promise<Record<string, unknown>> {
  assertReadable(request.headers)
  return parseBody(await readBody(request, maxBodyBytes))
}

/** JSON has one encoding, UTF-8. @throws ApiError 415 */
function assertReadable(headers: Headers): void {
  const type = headers.get('content-type') ?? ''
  if (!/^application\/(\w+\+)?json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?;?\s*$/i.test(type))
    throw new ApiError(
      415,
      `the body must come as content-type application/json, in UTF-8; found "${type.slice(0, 100)}"`,
    )
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity')
    throw new ApiError(415, `the body must come as it is, found content-encoding "${encoding.slice(0, 100)}"`)
}

/**
 * A request's body as text, however it is framed: by length or in chunks.
 * Hono's bodyLimit is no help: of a chunked body it makes another Request, which Node's own class refuses to make of the server's.
 * @throws ApiError 413 as soon as the body is known to be larger than `maxBytes`; 400 where it breaks off or is not UTF-8
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
    throw new ApiError(400, 'the body broke off before its end', { cause })
  }
}

const tooLarge = (maxBytes: number): ApiError =>
  new ApiError(413, `the body is larger than the ${maxBytes} bytes that this server takes`)
