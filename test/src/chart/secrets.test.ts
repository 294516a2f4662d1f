import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { cases, valuesOf } from './testing/cases.js'
import { render, withoutHelm } from './testing/helm.js'
import { find, ofKind, podsOf, podsOfComponent } from './testing/objects.js'
import { shakeHands } from './testing/shake-hands.js'

const decode = (text = '') => Buffer.from(text, 'base64').toString()

describe.skipIf(withoutHelm)(`secrets of the chart${withoutHelm}`, () => {
  test('API keys are only in a Secret and are never in variables', () => {
    const keys = ['a-very-secret-key name=alice', '# a comment']
    const objects = render({ apiKeys: { keys } })
    expect(decode(find(objects, 'Secret', 'tandem-api-keys').data?.keys)).toBe(keys.join('\n'))
    const others = objects.filter(({ kind }) => kind !== 'Secret')
    expect(JSON.stringify(others)).not.toContain('a-very-secret-key')
  })

  test('without keys there is a random one', () => {
    const { data } = find(render({}), 'Secret', 'tandem-api-keys')
    expect(decode(data?.keys)).toMatch(/^[A-Za-z0-9]{48} name=first$/)
  })

  test.each(cases)('%s: no ConfigMap has a key, a token or a certificate', (_, values) => {
    for (const { metadata, data } of ofKind(render(values), 'ConfigMap').filter((c) => !c.data?.['tandem.json'])) {
      const text = JSON.stringify(data)
      expect(text).not.toMatch(/PRIVATE|CERTIFICATE|TANDEM_API_KEYS"|TANDEM_METRICS_KEY|HEADERS|HF_TOKEN/)
      expect(metadata.name).toMatch(/^tandem-/)
    }
  })

  test('every Secret of the chart that a pod mounts exists', () => {
    const objects = render({})
    const made = ofKind(objects, 'Secret').map(({ metadata }) => metadata.name)
    const mounted = podsOf(objects).flatMap(({ spec }) => spec.volumes?.flatMap(({ secret }) => secret ?? []) ?? [])
    expect(mounted.length).toBe(5)
    expect(mounted.filter(({ secretName }) => !made.includes(secretName))).toEqual([])
  })

  test('each service has a certificate for its own name, signed by an authority that no pod has the key of', () => {
    const objects = render({})
    const authority = new X509Certificate(decode(find(objects, 'Secret', 'tandem-ca').data?.['tls.crt']))
    for (const name of ['tandem-gateway', 'tandem-logit-sft', 'tandem-logit-dpo']) {
      const { data = {} } = find(objects, 'Secret', `${name}-tls`)
      const certificate = new X509Certificate(decode(data['tls.crt']))
      expect(certificate.verify(authority.publicKey)).toBe(true)
      expect(certificate.checkPrivateKey(createPrivateKey(decode(data['tls.key'])))).toBe(true)
      expect(decode(data['ca.crt'])).toBe(authority.toString())
      const host = name === 'tandem-gateway' ? 'gateway' : `${name}.models.svc.cluster.local`
      expect(certificate.checkHost(host)).toBe(host)
    }
    const mounted = podsOf(objects).flatMap(({ spec }) => spec.volumes?.map(({ secret }) => secret?.secretName))
    expect(mounted).not.toContain('tandem-ca')
  })

  test('gateway and services accept each other, and a service no other client', async () => {
    const objects = render({})
    const pem = (name: string) => {
      const { data = {} } = find(objects, 'Secret', `${name}-tls`)
      return { ca: decode(data['ca.crt']), cert: decode(data['tls.crt']), key: decode(data['tls.key']) }
    }
    const service = pem('tandem-logit-sft')
    const host = 'tandem-logit-sft.models.svc.cluster.local'
    expect(await shakeHands(service, { ...pem('tandem-gateway'), servername: host })).toBe('accepted')
    const { ca } = service
    expect(await shakeHands(service, { ca, servername: host })).toMatch(/certificate required|ECONNRESET/i)
    const other = { ...pem('tandem-gateway'), servername: 'tandem-logit-dpo.models.svc.cluster.local' }
    expect(await shakeHands(service, other)).toContain('does not match')
  })

  test('cert-manager makes server certificates for services and a client certificate for the gateway', () => {
    const objects = render(valuesOf('many-replicas.yaml'))
    const usages = ofKind(objects, 'Certificate').map(({ metadata, spec }) => [
      metadata.name,
      spec.usages,
      spec.dnsNames,
    ])
    expect(usages).toEqual(
      expect.arrayContaining([
        ['tandem-gateway-tls', ['digital signature', 'client auth'], ['gateway']],
        ['tandem-logit-sft-tls', ['digital signature', 'server auth'], ['tandem-logit-sft.models.svc.cluster.local']],
      ]),
    )
    expect(ofKind(objects, 'Secret')).toEqual([])
  })

  test('own Secrets are mounted, and the chart makes none', () => {
    const objects = render(valuesOf('own secrets'))
    expect(ofKind(objects, 'Secret')).toEqual([])
    const [service] = podsOfComponent(objects, 'service')
    expect(service?.spec.volumes?.find(({ name }) => name === 'tls')?.secret?.secretName).toBe('services-tls')
  })
})
