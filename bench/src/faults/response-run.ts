import { createRandom, draw } from '../measure/random.js'
import { itemOfRound } from '../prompts.js'
import type { BrokenResponse } from './broken-responses.js'
import type { FaultResult, FaultSettings } from './case.js'
import type { FaultProxy } from './fault-proxy.js'
import { type Method, methods } from './methods.js'
import { type ProxiedStack, sides } from './proxied-stack.js'
import { same, Tally } from './tally.js'
import { askWhole } from './whole-answer.js'

/** How responses are broken. */
export interface ResponseRunOptions extends FaultSettings {
  readonly proxied: ProxiedStack
  readonly broken: readonly BrokenResponse[]
  /** Tries of each fault, with different methods and sides in turn. */
  readonly triesEach: number
  /**
   * Whether the service breaks all responses from a moment on, not only one. Only with replicas.
   */
  readonly isLasting: boolean
  readonly seed: number
}

const maxTokens = 16
/** An answer that takes longer counts as hung. */
const hangLimitMs = 60_000
/** A fault begins at one of so many first responses of an answer. */
const firstResponses = 8
const failure = /^(500|503|504) service_\w+: ./

interface Try {
  readonly method: Method
  readonly proxies: readonly FaultProxy[]
  readonly broken: BrokenResponse
  readonly at: number
}

/**
 * Breaks responses of one service of the pair while it answers. The answer must have the same
 * tokens, or be a clear error if the model has only one replica. The next answer must be right.
 */
export async function runBrokenResponses(options: ResponseRunOptions): Promise<FaultResult> {
  const { proxied, broken, triesEach, seed, signal, log } = options
  const random = createRandom(seed)
  const tally = new Tally()
  const end = broken.length * triesEach
  for (let i = 0; i < end; ) {
    signal.throwIfAborted()
    const side = draw(random, sides)
    const method = draw(random, methods)
    const at = Math.floor(random() * firstResponses)
    const fault = itemOfRound(broken, i)
    const outcome = await runTry(options, { method, proxies: proxied.proxies[side], broken: fault, at }, tally)
    // The method may not read this model, or the answer may have fewer responses.
    if (outcome === null) continue
    i++
    const name = `${fault.name}, ${side}, response ${at} of ${method.name}`
    log(`${name}: ${outcome.what}`)
    tally.add(outcome.what, outcome.isSurvived, name)
  }
  return tally.result(await proxied.stack.countLeaked())
}

interface TryOutcome {
  readonly what: string
  readonly isSurvived: boolean
}

/** @returns null if no response was broken */
async function runTry(options: ResponseRunOptions, one: Try, tally: Tally): Promise<TryOutcome | null> {
  const { proxied, signal } = options
  const { stack, url } = proxied
  const body = {
    model: stack.model,
    prompt: stack.prompts[0],
    max_tokens: maxTokens,
    ignore_eos: true,
    ...one.method.fields,
  }
  const ask = (from: string) =>
    askWhole(from, body, AbortSignal.any([signal, AbortSignal.timeout(hangLimitMs)])).catch(
      (error: Error) => error.message,
    )
  const expected = await ask(stack.url)
  const hasBroken = armProxies(one, options.isLasting)
  const found = await ask(url)
  const brokenMs = hasBroken()
  for (const proxy of one.proxies) proxy.faults = {}
  if (brokenMs === null && found === expected) return null
  const next = await ask(url)
  if (brokenMs !== null) tally.addRecovery(performance.now() - brokenMs)
  const isError = failure.test(found)
  const isAlone = one.proxies.length === 1
  const isExpected = found === expected || (isAlone && isError)
  const what = found === expected ? same : isError ? (found.split(':')[0] ?? '') : found
  if (next !== expected) return { what: `${what}, then ${next}`, isSurvived: false }
  return { what, isSurvived: isExpected }
}

/**
 * Breaks the responses of the replica that answers the request.
 * @returns when the first response was broken; null if none was
 */
function armProxies({ proxies, broken, at }: Try, isLasting: boolean): () => number | null {
  let count = 0
  let firstMs: number | null = null
  let victim: FaultProxy | null = null
  for (const proxy of proxies)
    proxy.faults = {
      changeResponse: (response) => {
        const isDue = victim === null ? count++ >= at : victim === proxy && isLasting
        if (!isDue) return [response]
        victim = proxy
        firstMs ??= performance.now()
        return broken.breakResponse(response)
      },
    }
  return () => firstMs
}
