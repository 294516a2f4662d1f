import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { unsupportedNames } from '../openai/request/unsupported/assert-supported.js'
import { errorResponses } from './error-responses.js'
import { type Operation, operations } from './operations.js'

const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')

test('docs/api.md lists every route, field, unsupported field, and error status with its codes', () => {
  const all = Object.values<Operation>(operations)
  const routes = all.map(({ method, path }) => `${method} ${path}`)
  const bodies = all.flatMap(({ body }) => (body instanceof z.ZodObject ? Object.keys(body.shape) : []))
  const codes = Object.values(errorResponses).flatMap(({ description }) =>
    [...description.matchAll(/`(\w+_\w+)`/g)].map(([, code]) => code ?? ''),
  )
  const words = [...routes, ...bodies, ...unsupportedNames, ...codes].map((word) => `\`${word}\``)
  const statuses = Object.keys(errorResponses).map((status) => `| ${status} |`)
  expect(bodies.length).toBeGreaterThan(50)
  expect([...words, ...statuses].filter((text) => !page.includes(text))).toEqual([])
})
