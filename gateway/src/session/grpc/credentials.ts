import { isIP } from 'node:net'
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'
import {
  type GrpcSecurity,
  hostOf,
  isLoopbackAddress,
  isLoopbackHost,
  plaintextAdvice,
  SettingsError,
  TlsIdentity,
} from '@tandem/process'
import { RefusingCredentials } from './refusing-credentials.js'
import { TlsChannelCredentials } from './tls-credentials.js'

/** How the gateway connects to services. */
export interface ServiceSecurity extends GrpcSecurity {
  /** The name that all services' certificates are for. Null: the host of each address. */
  readonly serverName: string | null
}

/** The address of a service, and the variable that holds it. */
export interface ServiceAddress {
  readonly variable: string
  /** host:port */
  readonly address: string
}

/** Creates the credentials of channels to services. The caller closes it. */
export class ServiceCredentials {
  private constructor(
    private readonly security: ServiceSecurity,
    private readonly identity: TlsIdentity | null,
    private readonly loopbackNames: ReadonlySet<string>,
  ) {}

  /**
   * Checks all addresses, and reads the certificates if one of them needs TLS.
   * @param onFault is told why changed certificates cannot be used
   * @throws SettingsError if a service may be on another machine, and there is neither TLS nor the
   * flag; Error if a PEM file is wrong
   */
  static async create(
    security: ServiceSecurity,
    addresses: readonly ServiceAddress[],
    onFault: (message: string) => void,
  ): Promise<ServiceCredentials> {
    const { tls, allowsPlaintext } = security
    const areLoopback = await Promise.all(addresses.map(({ address }) => isLoopbackHost(hostOf(address))))
    const remote = addresses.filter((_, i) => !areLoopback[i])
    if (tls === null && !allowsPlaintext && remote.length > 0) throw new SettingsError(remote.map(toFault))
    const names = addresses.filter((_, i) => areLoopback[i]).map(({ address }) => hostOf(address))
    const identity = tls === null || remote.length === 0 ? null : new TlsIdentity(tls, onFault)
    return new ServiceCredentials(security, identity, new Set(names.filter((name) => isIP(name) === 0)))
  }

  /**
   * Returns the credentials for one service: plaintext on loopback, TLS elsewhere.
   * @param address host:port
   * @param host the host as it was configured, if `address` holds an IP address that it resolved to
   */
  of(address: string, host = hostOf(address)): ChannelCredentials {
    const found = hostOf(address)
    if (isLoopbackAddress(found) || this.loopbackNames.has(found)) return credentials.createInsecure()
    if (this.identity !== null) return new TlsChannelCredentials(this.identity, this.security.serverName ?? host)
    if (this.security.allowsPlaintext) return credentials.createInsecure()
    return new RefusingCredentials(`it is on another machine, and there is no TLS: ${plaintextAdvice}`)
  }

  /** Reads the certificates no more. */
  close(): void {
    this.identity?.close()
  }
}

const toFault = ({ variable, address }: ServiceAddress) => ({
  variable,
  message: `names the service at ${address}, which may be on another machine, and there is no TLS: ${plaintextAdvice}`,
})
