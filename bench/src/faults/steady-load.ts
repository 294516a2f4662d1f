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
/** A gateway that shuts down, and one that has ended. Neither has begun with the request. */
const goesElsewhere = /^status 503|ECONNREFUSED/

/**
 * Clients that send requests without a break. As a load balancer does, a client sends a request to
 * the next gateway if one answers 503 or refuses the connection.
 */
export class SteadyLoad {
  /** How often a request was sent to another gateway. */
  switches = 0
  private isOver = false
  private next = 0
  private readonly clients: Promise<unknown>

  constructor(private readonly options: SteadyLoadOptions) {
    const clients = Array.from({ length: options.clients }, (_, i) => this.run(i))
    this.clients = Promise.all(clients)
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
      const found = await streamAnswer(itemOfRound(urls, client + tries), body, signal)
      if (found.error === null || !goesElsewhere.test(found.error) || tries === maxTries) return found
      this.switches++
      await delay(retryMs, undefined, { signal })
    }
  }
}
