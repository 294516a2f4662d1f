import { maxMessageBytes } from '@tandem/proto/messages'
import { resourceExhausted } from '../../errors.js'

/** Bytes left for the lengths, tags and numbers around the arrays of a message. */
const reservedBytes = 64 * 1024
/** Bytes of a row in addition to its arrays: log-sum-exp, max, tags. */
export const rowOverheadBytes = 64

/** Limits the readouts of one response, so that the response fits into a message. */
export class ResponseBudget {
  private spent = 0

  constructor(private readonly limit = maxMessageBytes - reservedBytes) {}

  /** @throws ServiceError RESOURCE_EXHAUSTED if the bytes do not fit; then nothing is spent */
  spend(bytes: number): void {
    if (this.spent + bytes > this.limit)
      throw resourceExhausted(
        `the requested rows take at least ${this.spent + bytes} bytes, but a response holds ${this.limit}: request fewer rows or fewer ids`,
      )
    this.spent += bytes
  }

  refund(bytes: number): void {
    this.spent -= bytes
  }
}
