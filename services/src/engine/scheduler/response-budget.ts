import { maxMessageBytes } from '@tandem/proto'
import { resourceExhausted } from '../../errors.js'

/** Room for the lengths, tags and numbers around the arrays of a message. */
const reservedBytes = 64 * 1024
/** Of a row beside its arrays: log-sum-exp, max, tags. */
export const rowOverheadBytes = 64

/** What the readouts of one response may take, so that it fits into a message. */
export class ResponseBudget {
  private spent = 0

  constructor(private readonly limit = maxMessageBytes - reservedBytes) {}

  /** @throws ServiceError where so much does not fit; nothing is taken then */
  spend(bytes: number): void {
    if (this.spent + bytes > this.limit)
      throw resourceExhausted(
        `the rows asked for take ${this.spent + bytes} bytes or more, a response holds ${this.limit}: ask for fewer rows or fewer ids in a request`,
      )
    this.spent += bytes
  }

  refund(bytes: number): void {
    this.spent -= bytes
  }
}
