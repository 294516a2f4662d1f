import encoding from 'k6/encoding'

/** A response of the stream, as k6 gives it: the JSON form of protobuf. */
export interface StepResponse {
  readonly requestId: number
  readonly results: readonly {
    readonly position: number
    readonly rows: readonly { readonly scores: readonly { readonly tokenIds: string }[] }[]
    readonly error: object | null
  }[]
  readonly error: object | null
  readonly queueUs: number
  readonly computeUs: number
}

/** A session of a logit service, which appends the most likely token again and again. */
export class GreedySession {
  private readonly id: string
  private position = 0
  private hash = 0xcbf29ce484222325n

  /** @param id the name of the session; sessions of one service must not share it */
  constructor(id: string) {
    this.id = id
  }

  /** Returns the request that appends tokens, and reads the most likely token after them. */
  append(tokenIds: readonly number[]): object {
    const step = {
      sessionId: this.id,
      position: this.position,
      // JSON has no integers of 64 bits.
      prefixHash: this.hash.toString(),
      tokenIds,
      rows: 'ROWS_LAST',
      readouts: [{ topK: { k: 1 } }],
    }
    this.position += tokenIds.length
    this.hash = tokenIds.reduce(extendHash, this.hash)
    return { requestId: this.position, steps: [step] }
  }

  /** Whether a response answers the last request. */
  isAnsweredBy({ requestId, results, error }: StepResponse): boolean {
    const [result] = results
    return !error && !result?.error && requestId === this.position && result?.position === this.position
  }
}

/** Returns the most likely token of a response. @throws Error if it has none */
export function bestToken({ results }: StepResponse): number {
  const bytes = encoding.b64decode(results[0]?.rows[0]?.scores[0]?.tokenIds ?? '')
  if (bytes.byteLength !== 4) throw new Error(`a response has ${bytes.byteLength} bytes of token ids: expected 4`)
  return new DataView(bytes).getUint32(0, true)
}

/**
 * 64-bit FNV-1a over the four little-endian bytes of an id, as proto/tandem/v1/logits.proto says.
 */
function extendHash(hash: bigint, id: number): bigint {
  return [0, 8, 16, 24].reduce((h, shift) => {
    const byte = BigInt((id >>> shift) & 0xff)
    return BigInt.asUintN(64, (h ^ byte) * 0x100000001b3n)
  }, hash)
}
