import { readFileSync } from 'node:fs'
import {
  adapterConfigName,
  adapterWeightsName,
  architectureNames,
  checkpointTextNames,
  precisions,
} from '@tandem/models'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../../../docs/models.md', import.meta.url), 'utf8')

it.each([...architectureNames, ...precisions, ...checkpointTextNames, adapterConfigName, adapterWeightsName])(
  'docs/models.md tells of `%s`',
  (name) => expect(page).toContain(`\`${name}\``),
)
