import { expect, it } from 'vitest'
import { processVariables, settingKeys, telemetryKeyOf, variableOf } from './settings.js'
import { telemetryVariables } from './telemetry-settings.js'

/** What `tandem up` says to processes by itself. */
const ofUp = [
  'TANDEM_MODEL',
  'TANDEM_ROLE',
  'TANDEM_LISTEN',
  'TANDEM_HEALTH_LISTEN',
  'TANDEM_BASE_LISTEN',
  'TANDEM_BASE_ROLE',
  'TANDEM_LOCAL_SERVICES',
  'TANDEM_TRACE',
  'TANDEM_RELEASE',
]

it('every variable of the gateway and the services is a setting', () => {
  const keys = settingKeys.filter((key) => telemetryKeyOf(key) === null)
  const variables = keys.map(variableOf).filter((variable) => variable !== null)
  // All processes share these, and parse them in one place.
  const ofTelemetry: readonly string[] = Object.values(telemetryVariables)
  expect(variables.sort()).toEqual(
    Object.keys(processVariables)
      .filter((name) => !ofUp.includes(name) && !ofTelemetry.includes(name))
      .sort(),
  )
})
