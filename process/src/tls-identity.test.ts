import { writeFileSync } from 'node:fs'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { type Certificate, type CertificateFolder, createAuthority, issue, writeCertificates } from './testing/index.js'
import { TlsIdentity } from './tls-identity.js'

let authority: Certificate
let certificate: Certificate
beforeAll(async () => {
  authority = await createAuthority()
  certificate = await issue(authority)
})

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

function folder(): CertificateFolder {
  const made = writeCertificates(authority, certificate)
  cleanups.push(made.remove)
  return made
}

function open({ files }: CertificateFolder, faults: string[] = []): TlsIdentity {
  const identity = new TlsIdentity(files, (fault) => faults.push(fault), 5)
  cleanups.push(() => identity.close())
  return identity
}

test('reads the files again when they change', async () => {
  const made = folder()
  const identity = open(made)
  const heard: string[] = []
  identity.onChange(({ cert }) => heard.push(cert.toString()))
  const before = identity.context
  const renewed = await issue(authority)
  made.write(authority, renewed)
  await expect.poll(() => heard).toEqual([renewed.cert])
  expect(identity.current.key.toString()).toBe(renewed.key)
  expect(identity.context).not.toBe(before)
})

test('keeps the old files while the new ones are half-written, and says so once', async () => {
  const made = folder()
  const faults: string[] = []
  const identity = open(made, faults)
  const renewed = await issue(authority)
  writeFileSync(made.files.cert, renewed.cert)
  await expect.poll(() => faults.length).toBe(1)
  expect(faults[0]).toContain('TANDEM_TLS_KEY names')
  expect(faults[0]).toContain('the files that were read before stay in use')
  expect(identity.current.cert.toString()).toBe(certificate.cert)
  writeFileSync(made.files.key, renewed.key)
  await expect.poll(() => identity.current.cert.toString()).toBe(renewed.cert)
  expect(faults).toHaveLength(1)
})

test.each([
  [
    'a missing file',
    { key: '/nowhere/tls.key' },
    'TANDEM_TLS_KEY names /nowhere/tls.key, which cannot be read: ENOENT',
  ],
  ['a folder', { ca: '/' }, 'TANDEM_TLS_CA names /, which cannot be read: EISDIR'],
  [
    'a file without a certificate',
    { cert: '/proc/version' },
    'TANDEM_TLS_CERT names /proc/version: expected a PEM file with a certificate',
  ],
])('refuses %s', (_, changes, message) => {
  const { files } = folder()
  expect(() => new TlsIdentity({ ...files, ...changes }, () => undefined)).toThrow(message)
})

test('refuses the key of another certificate', async () => {
  const made = folder()
  made.write(authority, { ...certificate, key: (await issue(authority)).key })
  expect(() => open(made)).toThrow('which is not the key of the certificate in')
})
