import { setTimeout as delay } from 'node:timers/promises'
import { itemOfRound } from '../prompts.js'
import type { Asked } from './asked.js'
import { type SeenAnswer, streamAnswer } from './stream-answer.js'

/** A constant load on gateways with the same services. */
export interface SteadyLoadOptions {
  readonly urls: readonly string[]
  readonly asked: readonly Asked[]
  /** Each has one request at a time. */
  readonly clients: number
  readonly signal: AbortSignal
  onAnswer(asked: Asked, found: SeenAnswer): void
}

/** Gateways that a client tries before its request counts as failed. */
const maxTries = 40
const retryMs = 50
const checkMs = 100
const checkLimitMs = 2_000
/** A gateway that shuts down, and one that has ended. Neither has begun with the request. */
const goesElsewhere = /^status 503|ECONNREFUSED/

/**
 * Clients that send requests without a break. As a load balancer does, they ask gateways again and
 * again whether they are ready, and send a request to another one if a gateway answers 503 or
 * refuses the connection.
 */
export class SteadyLoad {
  /** How often a request was sent again, to another gateway. */
  switches = 0
  private readonly notReady = new Set<string>()
  private isOver = false
  private next = 0
  private readonly clients: Promise<unknown>

  constructor(private readonly options: SteadyLoadOptions) {
    const clients = Array.from({ length: options.clients }, (_, i) => this.run(i))
    this.clients = Promise.all([...clients, ...options.urls.map((url) => this.watch(url))])
    // `stop` reports it.
    this.clients.catch(() => undefined)
  }

  /** Sends no more requests, and waits for the answers. */
  async stop(): Promise<void> {
    this.isOver = true
    await this.clients
  }

  private async run(client: number): Promise<void> {
    const { asked, onAnswer, signal } = this.options
    while (!this.isOver) {
      signal.throwIfAborted()
      const one = itemOfRound(asked, this.next++)
      onAnswer(one, await this.ask(one, client))
    }
  }

  private async ask({ body }: Asked, client: number): Promise<SeenAnswer> {
    const { urls, signal } = this.options
    for (let tries = 1; ; tries++) {
      const ready = urls.filter((url) => !this.notReady.has(url))
      const found = await streamAnswer(itemOfRound(ready.length > 0 ? ready : urls, client + tries), body, signal)
      if (found.error === null || !goesElsewhere.test(found.error) || tries === maxTries) return found
      this.switches++
      await delay(retryMs, undefined, { signal })
    }
  }

  private async watch(url: string): Promise<void> {
    while (!this.isOver) {
      const check = fetch(`${url}/health`, { signal: AbortSignal.timeout(checkLimitMs) })
      const isReady = await check.then(({ ok }) => ok).catch(() => false)
      if (isReady) this.notReady.delete(url)
      else this.notReady.add(url)
      await delay(checkMs, undefined, { signal: this.options.signal })
    }
  }
}
