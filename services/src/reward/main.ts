import { createLogger, runServerProcess } from '@tandem/process'
import { startTelemetry, withTelemetry } from '@tandem/telemetry'
import { endWithEngine } from '../end-with-engine.js'
import { startWithHealth } from '../health-listener.js'
import { parseRewardConfig } from './config.js'
import { startRewardService } from './start.js'

await runServerProcess('The reward service', async () => {
  const config = parseRewardConfig(process.env)
  const log = createLogger('reward', config.logLevel)
  const telemetry = await startTelemetry({ serviceName: 'tandem-reward', startsTraces: false, log })
  const start = () => startRewardService(config, log, endWithEngine(log), telemetry)
  return withTelemetry(await startWithHealth(config.healthListen, log, start), telemetry)
})
