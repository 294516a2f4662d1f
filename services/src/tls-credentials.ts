import type { SecureContextOptions } from 'node:tls'
import { ServerCredentials } from '@grpc/grpc-js'
import type { TlsIdentity, TlsMaterial } from '@tandem/process'

/**
 * Credentials of a server that demands a client certificate from the same authority. New
 * connections use the current files; open ones go on. grpc-js has such credentials only among its
 * experimental ones, and those refuse all connections while a file is half-written.
 */
export class TlsServerCredentials extends ServerCredentials {
  constructor(identity: TlsIdentity) {
    super({ requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, contextOf(identity.current))
    identity.onChange((material) => this.updateSecureContextOptions(contextOf(material)))
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other
  }
}

const contextOf = ({ ca, cert, key }: TlsMaterial): SecureContextOptions => ({ ca, cert, key, minVersion: 'TLSv1.2' })
