import type { StepSender } from './step-sender.js'

/**
 * The step senders of one request, by engine. Models of one engine share a stream, so that their
 * steps go out as one message and run as one batch.
 */
export class EngineSenders {
  private readonly senders = new Map<string, StepSender>()

  /**
   * Returns the engine's sender.
   * @param create called if the engine has none, or if its stream has ended
   */
  senderOf(engineId: string, create: () => StepSender): StepSender {
    const open = this.senders.get(engineId)
    if (open?.isOpen) return open
    const sender = create()
    this.senders.set(engineId, sender)
    return sender
  }
}
