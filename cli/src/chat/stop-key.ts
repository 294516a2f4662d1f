export type Press = 'stopped' | 'armed' | 'end'

/** What Ctrl-C does in a chat: it stops an answer, and pressed twice without a line between it ends the chat. */
export class StopKey {
  #answer: AbortController | null = null
  #isArmed = false

  press(): Press {
    if (this.#isArmed) return 'end'
    this.#isArmed = true
    if (this.#answer === null) return 'armed'
    this.#answer.abort(new Error('stopped by Ctrl-C'))
    return 'stopped'
  }

  /**
   * Runs what a press stops; that it was stopped is no error.
   * @throws Error as `work`, where nobody stopped it
   */
  async during(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const answer = new AbortController()
    this.#answer = answer
    try {
      await work(answer.signal)
    } catch (error) {
      if (!answer.signal.aborted) throw error
    } finally {
      this.#answer = null
    }
  }

  /** A line was entered: the next press is a first one. */
  disarm(): void {
    this.#isArmed = false
  }
}
