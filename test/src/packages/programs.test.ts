import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runtimeFlags } from '@tandem/cli'
import { expect, test } from 'vitest'
import { repositoryFolder } from '../support/fixtures.js'

const flags = runtimeFlags.map(({ flag }) => flag).join(' ')

test.each([
  'gateway/bin/tandem-gateway.js',
  'services/bin/tandem-logit-service.js',
  'services/bin/tandem-reward-service.js',
])('%s starts Node with the flags of tandem up', (path) => {
  const [first] = readFileSync(join(repositoryFolder, path), 'utf8').split('\n')
  expect(first).toBe(`#!/usr/bin/env -S node ${flags}`)
})
