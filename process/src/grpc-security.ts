import { z } from 'zod'
import { flagVariable, SettingsError } from './environment.js'

const pemFile = z.string().min(1).optional()

/** The variables that protect gRPC. The gateway and the services have the same ones. */
export const grpcSecurityFields = {
  /** PEM file with the certificates of the authorities that sign the other side's certificate. */
  TANDEM_TLS_CA: pemFile,
  /** PEM file with this process's certificate, and the intermediate ones that sign it. */
  TANDEM_TLS_CERT: pemFile,
  /** PEM file with the private key of the certificate. */
  TANDEM_TLS_KEY: pemFile,
  /** Allows gRPC without TLS on hosts that are not loopback, e.g. inside a mesh. */
  TANDEM_INSECURE_GRPC: flagVariable(),
}

/** Paths of PEM files. */
export interface TlsFiles {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** How gRPC is protected outside of this machine. */
export interface GrpcSecurity {
  /** Null if there is no TLS. */
  readonly tls: TlsFiles | null
  /** Whether gRPC may run without TLS on hosts that are not loopback. */
  readonly allowsPlaintext: boolean
}

const variables = ['TANDEM_TLS_CA', 'TANDEM_TLS_CERT', 'TANDEM_TLS_KEY'] as const

/** @throws SettingsError that names the missing files if some of the three are set, but not all */
export function toGrpcSecurity(
  env: Readonly<Partial<Record<(typeof variables)[number], string | undefined>>> & {
    readonly TANDEM_INSECURE_GRPC: boolean
  },
): GrpcSecurity {
  const { TANDEM_TLS_CA: ca, TANDEM_TLS_CERT: cert, TANDEM_TLS_KEY: key } = env
  const allowsPlaintext = env.TANDEM_INSECURE_GRPC
  if (ca !== undefined && cert !== undefined && key !== undefined) return { tls: { ca, cert, key }, allowsPlaintext }
  const given = variables.filter((variable) => env[variable] !== undefined)
  if (given.length === 0) return { tls: null, allowsPlaintext }
  const message = `is not set, but ${given.join(' and ')} ${given.length > 1 ? 'are' : 'is'}: set all three, or none`
  throw new SettingsError(
    variables.filter((variable) => !given.includes(variable)).map((variable) => ({ variable, message })),
  )
}
