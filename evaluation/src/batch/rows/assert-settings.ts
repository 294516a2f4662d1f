import type { Fields } from '../../prompts/index.js'
import { type Outcome, ServiceError } from '../http/ask.js'
import { readError } from '../http/read-error.js'

/** Codes of errors that all rows of a batch have if one has them. */
const commonCodes: readonly (string | null)[] = [null, 'unsupported_parameter']

/**
 * Ends the run if a row was refused because of a field that all rows have: a file full of the same
 * error helps nobody.
 * @param body the fields of every request
 * @throws ServiceError with the error of the server
 */
export function assertSettings({ status, body: answer }: Outcome, body: Fields): void {
  if (status !== 400) return
  const { message, param, code } = readError(JSON.stringify(answer))
  const name = param?.split('.')[0]
  if (name === undefined || !(name in body) || !commonCodes.includes(code)) return
  throw new ServiceError(`the server refuses ${name}, which all requests have: ${message}`)
}
