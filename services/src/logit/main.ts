import { createLogger, runServerProcess } from '@tandem/process'
import { startTelemetry, withTelemetry } from '@tandem/telemetry'
import { endWithEngine } from '../end-with-engine.js'
import { startWithHealth } from '../health-listener.js'
import { parseLogitConfig } from './config.js'
import { startLogitService } from './start.js'

await runServerProcess('The logit service', async () => {
  const config = parseLogitConfig(process.env)
  const log = createLogger(`logit-${config.role}`, config.logLevel)
  const telemetry = await startTelemetry({ serviceName: `tandem-${config.role}`, startsTraces: false, log })
  const start = () => startLogitService(config, log, endWithEngine(log), telemetry)
  return withTelemetry(await startWithHealth(config.healthListen, log, start), telemetry)
})
