/** Splits the bytes of a server-sent event stream into the data of its events. */
export class EventReader {
  private readonly decoder = new TextDecoder()
  private rest = ''

  /** Returns the data of the events that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n')
    this.rest = lines.pop() ?? ''
    return lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length))
  }
}
