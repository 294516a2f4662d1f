import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { TlsFiles } from './grpc-security.js'
import { messageOf } from './message-of.js'

/** Contents of PEM files that belong together. */
export interface TlsMaterial {
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

/** Time between two reads of the files, in milliseconds. */
const defaultIntervalMs = 10_000

/**
 * The certificate of this process and the authorities that it trusts, read again when the files
 * change: cert-manager renews certificates in place. If the new files are wrong or only partly
 * written, the old ones stay in use. The files are small and read rarely, so they are read
 * synchronously.
 */
export class TlsIdentity {
  private material: TlsMaterial
  private secureContext: SecureContext
  private readonly listeners = new Set<(material: TlsMaterial) => void>()
  private readonly timer: NodeJS.Timeout
  private lastFault = ''

  /**
   * @param onFault is told once about each reason why changed files cannot be used
   * @throws Error that names the variable of the wrong file
   */
  constructor(
    private readonly files: TlsFiles,
    private readonly onFault: (message: string) => void,
    intervalMs = defaultIntervalMs,
  ) {
    this.material = readMaterial(files)
    this.secureContext = createSecureContext(this.material)
    this.timer = setInterval(() => this.reload(), intervalMs).unref()
  }

  /** The contents of the files, as last read. */
  get current(): TlsMaterial {
    return this.material
  }

  /** The same, for a handshake. */
  get context(): SecureContext {
    return this.secureContext
  }

  /** Calls the listener when the files have changed. */
  onChange(listener: (material: TlsMaterial) => void): void {
    this.listeners.add(listener)
  }

  /** Reads the files no more. */
  close(): void {
    clearInterval(this.timer)
    this.listeners.clear()
  }

  private reload(): void {
    try {
      const found = readMaterial(this.files)
      this.lastFault = ''
      if (isSame(found, this.material)) return
      this.secureContext = createSecureContext(found)
      this.material = found
      for (const listener of this.listeners) listener(found)
    } catch (error) {
      const message = messageOf(error)
      if (message !== this.lastFault) this.onFault(`${message}; the files that were read before stay in use`)
      this.lastFault = message
    }
  }
}

const isSame = (a: TlsMaterial, b: TlsMaterial) => a.ca.equals(b.ca) && a.cert.equals(b.cert) && a.key.equals(b.key)

function readMaterial(files: TlsFiles): TlsMaterial {
  const ca = readFile('TANDEM_TLS_CA', files.ca)
  const cert = readFile('TANDEM_TLS_CERT', files.cert)
  const key = readFile('TANDEM_TLS_KEY', files.key)
  parse('TANDEM_TLS_CA', files.ca, 'a certificate', () => new X509Certificate(ca))
  const certificate = parse('TANDEM_TLS_CERT', files.cert, 'a certificate', () => new X509Certificate(cert))
  const privateKey = parse('TANDEM_TLS_KEY', files.key, 'a private key without password', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey))
    throw new Error(
      `TANDEM_TLS_KEY names ${files.key}, which is not the key of the certificate in ${files.cert}: ` +
        'give the two files that were issued together',
    )
  return { ca, cert, key }
}

function readFile(variable: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const reason = messageOf(cause)
    throw new Error(`${variable} names ${path}, which cannot be read: ${reason}`, { cause })
  }
}

function parse<T>(variable: string, path: string, what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new Error(`${variable} names ${path}: expected a PEM file with ${what}`, { cause })
  }
}
