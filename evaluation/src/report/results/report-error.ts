/** Results that no report can be made of. The message says what to do. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
}
