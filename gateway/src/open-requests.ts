import type { Server, ServerResponse } from 'node:http'

/** The requests of an HTTP server whose answers have not left yet. */
export class OpenRequests {
  private readonly responses = new Set<ServerResponse>()
  private closesConnections = false

  constructor(server: Server) {
    // Before the app's own listener, so that the header is set before the answer begins.
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.responses.add(response)
      response.once('close', () => this.responses.delete(response))
      if (this.closesConnections) response.setHeader('connection', 'close')
    })
  }

  get count(): number {
    return this.responses.size
  }

  /**
   * From now on every answer closes its connection, so that its client sends the next request to
   * another gateway. Answers that have begun are not changed.
   */
  closeConnections(): void {
    this.closesConnections = true
    for (const response of this.responses) if (!response.headersSent) response.setHeader('connection', 'close')
  }

  /** Resolves when the answers that are open now have left. The caller bounds the wait. */
  async haveLeft(): Promise<void> {
    await Promise.all([...this.responses].map((response) => new Promise((resolve) => response.once('close', resolve))))
  }
}
