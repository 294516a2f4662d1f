import { expect, it } from 'vitest'
import { processVariables, settingKeys, variableOf } from './settings.js'

/** What `tandem up` says to processes by itself. */
const ofUp = [
  'TANDEM_MODEL',
  'TANDEM_ROLE',
  'TANDEM_LISTEN',
  'TANDEM_BASE_LISTEN',
  'TANDEM_BASE_ROLE',
  'TANDEM_LOCAL_SERVICES',
]

it('every variable of the gateway and the services is a setting', () => {
  const variables = settingKeys.map(variableOf).filter((variable) => variable !== null)
  expect(variables.sort()).toEqual(
    Object.keys(processVariables)
      .filter((name) => !ofUp.includes(name))
      .sort(),
  )
})
