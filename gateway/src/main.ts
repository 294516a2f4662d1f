import { createLogger, runServerProcess, type TimelineMessage } from '@tandem/process'
import { startTelemetry, withTelemetry } from '@tandem/telemetry'
import { parseGatewayConfig } from './config.js'
import { startGateway } from './start.js'
import { createGatewayTelemetry } from './telemetry/gateway-telemetry.js'

await runServerProcess('The gateway', async () => {
  const config = parseGatewayConfig(process.env)
  const log = createLogger('gateway', config.logLevel)
  const telemetry = await startTelemetry({ serviceName: 'tandem-gateway', startsTraces: true, log })
  const sendTimeline = config.sendsTimelines ? (timeline: TimelineMessage) => void process.send?.(timeline) : null
  const own = createGatewayTelemetry(config.pairName, telemetry, sendTimeline)
  const { url, stop } = await startGateway(config, log, own)
  return withTelemetry({ address: url, stop }, telemetry)
})
