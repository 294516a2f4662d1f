/**
 * Parses the JSON of every event of a stream that ends with [DONE]. It skips comments, which a busy
 * machine causes.
 */
export function parseEvents(text: string): object[] {
  const events = text.split('\n\n').filter((event) => event !== '' && !event.startsWith(':'))
  if (events.pop() !== 'data: [DONE]') throw new Error('the stream does not end with [DONE]')
  return events.map((event) => JSON.parse(event.slice('data: '.length)) as object)
}
