import type { Socket } from 'node:net'
import { SecureCredentials } from './secure-credentials.js'

/**
 * Credentials that allow no connection: a name resolved to this machine at the start, and to
 * another one later.
 */
export class RefusingCredentials extends SecureCredentials {
  /** @param reason in the error of each call */
  constructor(private readonly reason: string) {
    super()
  }

  protected secure(): Promise<Socket> {
    return Promise.reject(new Error(this.reason))
  }
}
