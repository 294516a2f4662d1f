/** The reason of a server that closes a connection after the handshake. */
export const refusedByServer = 'the server closed the connection after the handshake'

const ownCertificate =
  "it refuses this gateway's certificate: expected one that has not expired and is signed by an authority in the " +
  "service's TANDEM_TLS_CA. Check TANDEM_TLS_CERT here and TANDEM_TLS_CA there"

const wrongAuthority =
  'its certificate is not signed by an authority in TANDEM_TLS_CA: issue it from there, or add its authority to the file'

const notTls =
  'it does not speak TLS: set TANDEM_TLS_CA, TANDEM_TLS_CERT and TANDEM_TLS_KEY for the service too ' +
  '(a service that listens on loopback never uses TLS)'

/** What Node's error codes mean, and what to do. */
const meanings: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate, or that of its authority, has expired: renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: check the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT: wrongAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: wrongAuthority,
  UNABLE_TO_GET_ISSUER_CERT: wrongAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: wrongAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: wrongAuthority,
  CERT_SIGNATURE_FAILURE: wrongAuthority,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
}

/**
 * Describes why a TLS connection failed.
 * @param error of the handshake
 * @param serverName the name that the server's certificate must be for
 * @returns what was found, what is expected and what to do
 */
export function describeTlsFault(error: unknown, serverName: string): string {
  const { code = '', message, cert } = error as NodeJS.ErrnoException & { cert?: { subjectaltname?: string } }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return (
      `its certificate is for ${cert?.subjectaltname || 'no name'}: expected "${serverName}". ` +
      'Issue one for that name, or set TANDEM_TLS_SERVER_NAME to the name in it'
    )
  // A server that is not Node sends an alert about the client's certificate.
  if (message === refusedByServer || /ALERT.*(CERT|UNKNOWN_CA)/.test(code)) return ownCertificate
  return `TLS failed: ${meanings[code] ?? (code === '' ? message : `${message} (${code})`)}`
}
