import pino from 'pino'
import { parseGatewayConfig } from './config.js'
import { type RunningGateway, startGateway } from './start.js'

/**
 * The gateway process. If it has a parent process (IPC), it reports when it is ready and exits with
 * its parent.
 */

// The parent may exit while the gateway starts.
process.on('disconnect', () => process.exit(0))

async function start(): Promise<RunningGateway> {
  try {
    const config = parseGatewayConfig(process.env)
    const log = pino({ name: 'gateway', level: config.logLevel }, pino.destination({ fd: 2, sync: true }))
    return await startGateway(config, log)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`The gateway cannot start: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    process.exit(1)
  }
}

let gateway: RunningGateway | undefined
let isStopping = false
const stop = async (): Promise<void> => {
  // A second signal exits at once.
  if (isStopping) process.exit(1)
  isStopping = true
  await gateway?.stop()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())

gateway = await start()
process.send?.({ type: 'ready', url: gateway.url })
