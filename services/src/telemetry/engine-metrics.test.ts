import { expect, test } from 'vitest'
import { EngineStats } from '../engine/engine-stats.js'
import { observeEngine } from './engine-metrics.js'
import { recordTelemetry } from './testing/record-telemetry.js'

test('reads the statistics at each export, with the roles of both models of a pair, until it ends', async () => {
  const stats = new EngineStats()
  const { telemetry, values } = recordTelemetry()
  const end = observeEngine(telemetry.meter, stats, { modelName: 'tiny', roles: ['sft', 'dpo'] })
  stats.set('kvLimit', 400)
  const attributes = { model_name: 'tiny', role: 'dpo,sft' }
  expect(await values('kvUsage')).toEqual([{ attributes, value: 0 }])
  stats.set('kvBytes', 100)
  stats.add('busyMs', 1500)
  stats.add('busyMs', 250)
  expect(await values('kvUsage')).toEqual([{ attributes, value: 0.25 }])
  expect(await values('engineBusy')).toEqual([{ attributes, value: 1.75 }])
  end()
  stats.add('busyMs', 1000)
  expect(await values('engineBusy')).toEqual([{ attributes, value: 1.75 }])
})
