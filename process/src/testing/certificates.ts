import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import type { TlsFiles } from '../grpc-security.js'

/** Test helpers: certificates, made anew in each test. */

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** What a certificate says. */
export interface CertificateOptions {
  /** DNS names and IPv4 addresses that it is for. */
  readonly names?: readonly string[]
  /** Days until it expires. Negative: it has expired. */
  readonly days?: number
}

const dayMs = 86_400_000
const monthAgo = new Date(Date.now() - 30 * dayMs)

/** Creates an authority that signs certificates. */
export async function createAuthority(name = 'Test authority'): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: monthAgo,
    notAfterDate: new Date(Date.now() + dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { cert, key }
}

/** Creates a certificate for servers and clients. */
export async function issue(
  authority: Certificate,
  { names = ['gateway'], days = 1 }: CertificateOptions = {},
): Promise<Certificate> {
  const altNames = names.map((name) =>
    /^[\d.]+$/.test(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const),
  )
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] ?? 'none' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: monthAgo,
    notAfterDate: new Date(Date.now() + days * dayMs),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { cert, key }
}

/** A folder with the PEM files of one process, as cert-manager writes them. */
export interface CertificateFolder {
  readonly files: TlsFiles
  /** The variables that name the files. */
  readonly environment: Record<string, string>
  /** Replaces the files. */
  write(authority: Pick<Certificate, 'cert'>, certificate: Certificate): void
  remove(): void
}

/** Writes the PEM files of one process. The caller removes them. */
export function writeCertificates(authority: Pick<Certificate, 'cert'>, certificate: Certificate): CertificateFolder {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-tls-'))
  const files = { ca: join(folder, 'ca.crt'), cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  const write = (ca: Pick<Certificate, 'cert'>, { cert, key }: Certificate) => {
    writeFileSync(files.ca, ca.cert)
    writeFileSync(files.cert, cert)
    writeFileSync(files.key, key)
  }
  write(authority, certificate)
  const environment = { TANDEM_TLS_CA: files.ca, TANDEM_TLS_CERT: files.cert, TANDEM_TLS_KEY: files.key }
  return { files, environment, write, remove: () => rmSync(folder, { recursive: true }) }
}
