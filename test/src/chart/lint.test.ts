import { describe, expect, test } from 'vitest'
import { cases } from './testing/cases.js'
import { conform, lint, template, withoutHelm, withoutKubeconform } from './testing/helm.js'

describe.skipIf(withoutHelm)(`helm lint --strict${withoutHelm}`, () => {
  test.each(cases)('%s', (_, values) => {
    expect(lint(values)).toMatchObject({ code: 0, output: expect.stringContaining('0 chart(s) failed') })
  })
})

describe.skipIf(withoutKubeconform)(`kubeconform -strict${withoutKubeconform}`, () => {
  test.each(cases)('%s', (_, values) => {
    const { code, stdout } = template(values)
    expect(code).toBe(0)
    const objects = stdout.match(/^kind: /gm)?.length ?? 0
    expect(conform(stdout)).toMatchObject({ code: 0, output: expect.stringContaining(`Valid: ${objects},`) })
  })

  test('refuses a field that Kubernetes does not know', () => {
    const text = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { clusterIp: None }\n'
    expect(conform(text)).toMatchObject({ code: 1, output: expect.stringContaining("'clusterIp' not allowed") })
  })
})
