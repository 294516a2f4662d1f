import { createLogger, endWithEngine, runServiceProcess } from '../service-process.js'
import { parseLogitConfig } from './config.js'
import { startLogitService } from './start.js'

await runServiceProcess('The logit service', () => {
  const config = parseLogitConfig(process.env)
  const log = createLogger(`logit-${config.role}`, config.logLevel)
  return startLogitService(config, log, endWithEngine(log))
})
