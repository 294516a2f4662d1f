/** When a message was sent and answered, and what its service reports about it. */
export interface MessageTimes {
  /** On the clock of performance.now(). */
  readonly sentMs: number
  readonly receivedMs: number
  /** Microseconds from the arrival of the message in the service to its first forward. */
  readonly queueUs: number
  /** Microseconds of the forwards. Steps of one message share them. */
  readonly computeUs: number
}

/** An answered step of one session. */
export interface ServiceCall extends MessageTimes {
  readonly model: string
  /** Number of tokens that the service appended. 0 for a readout, or if it had lost the session. */
  readonly tokens: number
  /** Whether the step sent all tokens again because the service had lost the session. */
  readonly isReplay: boolean
}
