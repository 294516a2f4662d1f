import { createLogger, runServiceProcess } from '../service-process.js'
import { parseLogitConfig } from './config.js'
import { startLogitService } from './start.js'

/** A moment for the failed answers to leave before the process does. */
const lastWordsMs = 100

await runServiceProcess('The logit service', () => {
  const config = parseLogitConfig(process.env)
  const log = createLogger(`logit-${config.role}`, config.logLevel)
  return startLogitService(config, log, (reason) => {
    log.fatal({ reason }, 'the engine has stopped, so the service does too')
    setTimeout(() => process.exit(1), lastWordsMs)
  })
})
