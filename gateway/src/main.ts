import { createLogger, runServerProcess } from '@tandem/process'
import { parseGatewayConfig } from './config.js'
import { startGateway } from './start.js'

await runServerProcess('The gateway', async () => {
  const config = parseGatewayConfig(process.env)
  const { url, stop } = await startGateway(config, createLogger('gateway', config.logLevel))
  return { address: url, stop }
})
