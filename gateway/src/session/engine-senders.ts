import type { StepSender } from './step-sender.js'

/**
 * The senders of one request, by the engine behind them. Models of one engine share a stream, so that what they are asked in one turn
 * is one message: half the wire's work, and never two runs where one would do.
 */
export class EngineSenders {
  private readonly senders = new Map<string, StepSender>()

  /** @param create makes one where the engine has none, or its stream has ended */
  senderOf(engineId: string, create: () => StepSender): StepSender {
    const open = this.senders.get(engineId)
    if (open?.isOpen) return open
    const sender = create()
    this.senders.set(engineId, sender)
    return sender
  }
}
