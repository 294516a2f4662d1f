/**
 * A client that runs in a pod: `node -e "$(cat client.js)" JSON`. It imports nothing, so that it
 * needs no file there. It sends requests without a break until its standard input ends, or each
 * once, and prints one line of JSON for each answer.
 */

/** What the client asks for. */
export interface ClientOrder {
  readonly url: string
  readonly key: string
  /** Bodies of streamed chat completions. */
  readonly bodies: readonly object[]
  /** Requests at a time. */
  readonly clients: number
  /** Whether each body is sent once; otherwise they are sent in turn until standard input ends. */
  readonly isOnce: boolean
}

/** One answer, as a line of output. */
export interface ClientAnswer {
  /** The index of its body. */
  readonly body: number
  readonly tokenIds: readonly number[]
  readonly finish: string | null
  /** What the client saw instead of a whole answer; null if there was one. */
  readonly error: string | null
  readonly firstTokenMs: number
  readonly longestPauseMs: number
  readonly durationMs: number
  /** How often the request was sent again because no gateway had begun with it. */
  readonly retries: number
}

interface Chunk {
  readonly error?: { readonly message: string }
  readonly choices?: readonly { readonly token_ids?: readonly number[]; readonly finish_reason?: string | null }[]
}

const order = JSON.parse(process.argv.at(-1) ?? '') as ClientOrder
const answerLimitMs = 300_000
const maxTries = 100
const retryMs = 100
/** A gateway that shuts down, and an address without one. None has begun with the request. */
const isNotBegun = /^status 503|ECONNREFUSED|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT/

let isOver = false
if (!order.isOnce)
  process.stdin.resume().once('end', () => {
    isOver = true
  })
let next = 0
await Promise.all(Array.from({ length: order.clients }, run))
process.exit(0)

async function run(): Promise<void> {
  for (;;) {
    const index = next++
    if (order.isOnce ? index >= order.bodies.length : isOver) return
    const body = index % order.bodies.length
    process.stdout.write(`${JSON.stringify({ body, ...(await ask(order.bodies[body] ?? {})) })}\n`)
  }
}

async function ask(body: object): Promise<Omit<ClientAnswer, 'body'>> {
  for (let retries = 0; ; retries++) {
    const answer = await stream(body)
    if (answer.error === null || !isNotBegun.test(answer.error) || retries === maxTries) return { ...answer, retries }
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function stream(body: object): Promise<Omit<ClientAnswer, 'body' | 'retries'>> {
  const startMs = performance.now()
  const tokenIds: number[] = []
  let finish: string | null = null
  let error: string | null = null
  let firstTokenMs = 0
  let lastMs = startMs
  let longestPauseMs = 0
  try {
    for await (const data of events(body)) {
      const nowMs = performance.now()
      longestPauseMs = Math.max(longestPauseMs, nowMs - lastMs)
      lastMs = nowMs
      const chunk = JSON.parse(data) as Chunk
      error ??= chunk.error?.message ?? null
      for (const choice of chunk.choices ?? []) {
        tokenIds.push(...(choice.token_ids ?? []))
        finish ??= choice.finish_reason ?? null
      }
      if (firstTokenMs === 0 && tokenIds.length > 0) firstTokenMs = nowMs - startMs
    }
    if (error === null && finish === null) error = 'the stream ended without a finish_reason'
  } catch (failure) {
    error = describe(failure)
  }
  return { tokenIds, finish, error, firstTokenMs, longestPauseMs, durationMs: performance.now() - startMs }
}

/** Yields the data of each event but the last, `[DONE]`. */
async function* events(body: object): AsyncGenerator<string, void> {
  const response = await fetch(`${order.url}/v1/chat/completions`, {
    method: 'POST',
    // The Service chooses a gateway for each connection.
    headers: { 'content-type': 'application/json', authorization: `Bearer ${order.key}`, connection: 'close' },
    body: JSON.stringify({ ...body, stream: true, return_token_ids: true }),
    signal: AbortSignal.timeout(answerLimitMs),
  })
  if (!response.ok || response.body === null)
    throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 300)}`)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body) {
    const parts = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const data = part.startsWith('data: ') ? part.slice(6) : null
      if (data !== null && data !== '[DONE]') yield data
    }
  }
}

function describe(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure)
  const { cause } = failure as { cause?: { readonly code?: unknown } }
  return typeof cause?.code === 'string' ? `${failure.message}: ${cause.code}` : failure.message
}
