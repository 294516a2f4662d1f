import type { GatewayMetrics } from './gateway-metrics.js'

type State = 'arrived' | 'waiting' | 'running' | 'over'

/** Counts one request among the waiting or the running ones. Each state is left exactly once. */
export class RequestGauges {
  private state: State = 'arrived'

  constructor(private readonly metrics: GatewayMetrics) {}

  waiting(): void {
    this.change('waiting')
  }

  running(): void {
    this.change('running')
  }

  over(): void {
    this.change('over')
  }

  private change(next: State): void {
    if (this.state === 'over') return
    this.count(this.state, -1)
    this.count(next, 1)
    this.state = next
  }

  private count(state: State, change: 1 | -1): void {
    const { requestsWaiting, requestsRunning, model } = this.metrics
    if (state === 'waiting') requestsWaiting.add(change, model)
    if (state === 'running') requestsRunning.add(change, model)
  }
}
