import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { valuesOf } from './testing/cases.js'
import { render, template, withoutHelm } from './testing/helm.js'
import { find, matches, ofKind, podsOfComponent } from './testing/objects.js'

const values = valuesOf('batch')
const batch = { enabled: true, claimName: 'prompts' }

describe.skipIf(withoutHelm)(`the batch of the chart${withoutHelm}`, () => {
  test('is off by default', () => {
    expect(ofKind(render({}), 'Job')).toEqual([])
    expect(ofKind(render({}), 'NetworkPolicy').map(({ metadata }) => metadata.name)).not.toContain('tandem-batch')
  })

  test('is an indexed Job with a pod for each part, which the claim outlives', () => {
    const [job, ...others] = ofKind(render(values), 'Job')
    expect(others).toEqual([])
    expect(job?.spec).toMatchObject({ completionMode: 'Indexed', completions: 16, parallelism: 4, backoffLimit: 96 })
    const [pod] = podsOfComponent(render(values), 'batch')
    expect(pod?.spec.volumes).toContainEqual({ name: 'data', persistentVolumeClaim: { claimName: 'prompts' } })
    expect(pod?.main.args?.slice(0, 5)).toEqual([
      '/data/prompts.jsonl',
      '--out',
      '/data/answers.jsonl',
      '--url',
      'http://tandem-gateway.models.svc:80',
    ])
  })

  test('has another name with other settings, because a Job cannot be changed', () => {
    const nameOf = (changes: object) => ofKind(render({ batch: { ...batch, ...changes } }), 'Job')[0]?.metadata.name
    expect(nameOf({})).toMatch(/^tandem-batch-[0-9a-f]{8}$/)
    expect(nameOf({ args: ['--seed', '1'] })).not.toBe(nameOf({}))
  })

  test('runs no more pods at once than there are parts', () => {
    const [job] = ofKind(render({ batch: { ...batch, shards: 2, parallelism: 9 } }), 'Job')
    expect(job?.spec).toMatchObject({ completions: 2, parallelism: 2 })
  })

  test('reaches the gateway, also if its clients are limited, and only the gateway', () => {
    const objects = render(values)
    const [pod] = podsOfComponent(objects, 'batch')
    const clients = find(objects, 'NetworkPolicy', 'tandem-gateway').spec.ingress?.[0]?.from
    const isAllowed = clients?.some((peer) => matches(peer.podSelector?.matchLabels ?? {}, pod?.labels ?? {}))
    expect(isAllowed).toBe(true)
    const own = find(objects, 'NetworkPolicy', 'tandem-batch').spec
    expect(matches(own.podSelector?.matchLabels ?? {}, pod?.labels ?? {})).toBe(true)
    expect(own.ingress).toEqual([])
    expect(own.egress?.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([['http'], [53, 53]])
  })

  test('needs a claim', () => {
    expect(template({ batch: { enabled: true } }).output).toContain(
      'batch.claimName is empty, but batch.enabled is true: name the PersistentVolumeClaim with the prompts',
    )
  })

  test.each([
    ['# keys\nsha256:aa name=first\nsecret-1 name=second\nsecret-2\n', {}, 'secret-1'],
    ['secret-1\n', { TANDEM_API_KEYS: 'own' }, 'own'],
    ['sha256:aa\n', {}, ''],
  ])('the program: keys %j, environment %j', (keys, environment, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-chart-batch-'))
    try {
      writeFileSync(join(folder, 'keys'), keys)
      mkdirSync(join(folder, 'bin'))
      const program = `#!/bin/sh\nprintf '%s\\n' "$TANDEM_API_KEYS" "$@" > ${folder}/called\n`
      writeFileSync(join(folder, 'bin/tandem'), program, { mode: 0o755 })
      const [pod] = podsOfComponent(render(values), 'batch')
      const [shell = '', ...flags] = pod?.main.command ?? []
      const command = flags.map((word) => word.replace('/etc/tandem/keys/keys', join(folder, 'keys')))
      const env = { PATH: `${folder}/bin:${process.env.PATH}`, JOB_COMPLETION_INDEX: '2', ...environment }
      expect(spawnSync(shell, [...command, ...(pod?.main.args ?? [])], { env, encoding: 'utf8' }).stderr).toBe('')
      const [key, ...words] = readFileSync(join(folder, 'called'), 'utf8').trimEnd().split('\n')
      expect(key).toBe(expected)
      expect(words).toEqual(['batch', ...(pod?.main.args ?? []), '--shard', '3/16'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
