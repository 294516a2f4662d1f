/** What a press of Ctrl-C did or asks for. */
export type Press = 'stopped' | 'armed' | 'end'

/**
 * The state of Ctrl-C in a chat: it stops an answer. Two presses without a line between them end
 * the chat.
 */
export class StopKey {
  private answer: AbortController | null = null
  private isArmed = false

  /** Handles a press. */
  press(): Press {
    if (this.isArmed) return 'end'
    this.isArmed = true
    if (this.answer === null) return 'armed'
    this.answer.abort(new Error('stopped by Ctrl-C'))
    return 'stopped'
  }

  /**
   * Runs work that a press stops. A stop is not an error.
   * @throws Error as `work`, unless it was stopped
   */
  async during(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const answer = new AbortController()
    this.answer = answer
    try {
      await work(answer.signal)
    } catch (error) {
      if (!answer.signal.aborted) throw error
    } finally {
      this.answer = null
    }
  }

  /** Resets the state after a line: the next press is a first one again. */
  disarm(): void {
    this.isArmed = false
  }
}
