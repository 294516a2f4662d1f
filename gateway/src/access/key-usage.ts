import type { KeyLimits } from './key-limits.js'
import { LimitError } from './limit-error.js'
import { TokenBucket } from './token-bucket.js'

/** One limit per minute, and what is left of it. */
export interface LimitState {
  readonly limit: number
  readonly remaining: number
  /** Time until all of it is left again, in milliseconds. */
  readonly resetMs: number
}

/** How much one API key uses, and its limits. */
export class KeyUsage {
  /** Requests that run or wait. */
  private running = 0
  /** Prompts of these requests that run besides one of each request. */
  private extraPrompts = 0
  private requests: TokenBucket | null = null
  private tokens: TokenBucket | null = null
  private limits: KeyLimits

  /** @param now a monotonic clock, in milliseconds */
  constructor(
    limits: KeyLimits,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.limits = limits
    this.setLimits(limits)
  }

  /** Changes the limits. What is used stays used. */
  setLimits(limits: KeyLimits): void {
    this.limits = limits
    this.requests = this.resize(this.requests, limits.requestsPerMinute)
    this.tokens = this.resize(this.tokens, limits.tokensPerMinute)
  }

  /** Requests per minute; null without a limit. */
  get requestState(): LimitState | null {
    return this.stateOf(this.requests)
  }

  /** Tokens per minute; null without a limit. */
  get tokenState(): LimitState | null {
    return this.stateOf(this.tokens)
  }

  /** Counts a request. @throws LimitError if the key has used its requests per minute */
  countRequest(): void {
    if (!this.requests) return
    const waitMs = this.requests.waitMs(1, this.now())
    if (waitMs > 0)
      throw new LimitError(
        'requests',
        `this API key has used its ${this.requests.perMinute} requests per minute: retry in ${toSeconds(waitMs)} s`,
        waitMs,
      )
    this.requests.take(1, this.now())
  }

  /**
   * Counts a request that runs until its `end`.
   * @throws LimitError if the key has used its requests or tokens per minute, or too many of its
   *   requests run
   */
  start(): KeyRequest {
    const { concurrent } = this.limits
    if (concurrent !== null && this.running >= concurrent)
      throw new LimitError(
        'concurrent',
        `requests of this API key at once: ${this.running}, its maximum. Retry when one has ended`,
      )
    this.assertTokens(1)
    this.countRequest()
    this.running++
    return new KeyRequest({
      takePrompt: (prompt, most) => this.takePrompt(prompt, most),
      take: (tokens) => this.tokens?.take(tokens, this.now()),
      startPrompt: () => this.startPrompt(),
      end: () => this.running--,
    })
  }

  /**
   * Counts one more prompt of a request. The prompts of a request run next to each other only as
   * far as the limit of requests has room. They do not make the key refuse a new request.
   */
  private startPrompt(): (() => void) | null {
    const { concurrent } = this.limits
    if (concurrent !== null && this.running + this.extraPrompts >= concurrent) return null
    this.extraPrompts++
    return () => this.extraPrompts--
  }

  private takePrompt(prompt: number, most: number): void {
    if (this.tokens && most > this.tokens.perMinute)
      throw new LimitError(
        'size',
        `the request can take ${most} tokens (the prompt and all answers), but this API key has ` +
          `${this.tokens.perMinute} tokens per minute: shorten the prompt, or lower max_tokens or the number of answers`,
      )
    this.assertTokens(prompt)
    this.tokens?.take(prompt, this.now())
  }

  private assertTokens(amount: number): void {
    const waitMs = this.tokens?.waitMs(amount, this.now()) ?? 0
    if (waitMs === 0) return
    throw new LimitError(
      'tokens',
      `this API key has used its ${this.limits.tokensPerMinute} tokens per minute: retry in ${toSeconds(waitMs)} s`,
      waitMs,
    )
  }

  private stateOf(bucket: TokenBucket | null): LimitState | null {
    if (!bucket) return null
    const now = this.now()
    const remaining = Math.max(0, Math.floor(bucket.levelAt(now)))
    return { limit: bucket.perMinute, remaining, resetMs: bucket.waitMs(bucket.perMinute, now) }
  }

  private resize(bucket: TokenBucket | null, perMinute: number | null): TokenBucket | null {
    if (perMinute === null) return null
    if (bucket?.perMinute === perMinute) return bucket
    return bucket?.resize(perMinute, this.now()) ?? new TokenBucket(perMinute, this.now())
  }
}

/** Rounds up to whole seconds, at least 1. */
export const toSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))

interface UsageChanges {
  takePrompt(prompt: number, most: number): void
  take(tokens: number): void
  startPrompt(): (() => void) | null
  end(): void
}

/** A request of an API key, from its start to its end. */
export class KeyRequest {
  private promptTokens = 0
  private isOver = false

  /** Only `KeyUsage` creates it. */
  constructor(private readonly usage: UsageChanges) {}

  /**
   * Takes the tokens of the prompt, before any model runs.
   * @param most the tokens that the request can take at most
   * @throws LimitError if they can never fit into a minute, or do not fit now
   */
  takePrompt(tokens: number, most: number): void {
    this.usage.takePrompt(tokens, most)
    this.promptTokens = tokens
  }

  /** Gives the tokens of the prompt back: no model has read it. */
  refundPrompt(): void {
    this.usage.take(-this.promptTokens)
    this.promptTokens = 0
  }

  /** Takes generated tokens. They may overdraw the minute. */
  count(tokens: number): void {
    this.usage.take(tokens)
  }

  /**
   * Counts one more prompt of the request that runs at the same time.
   * @returns the function to call once, when the prompt ends; null if the key has no room for it
   */
  startPrompt(): (() => void) | null {
    return this.usage.startPrompt()
  }

  /** Ends the request. Further calls do nothing. */
  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.usage.end()
  }
}
