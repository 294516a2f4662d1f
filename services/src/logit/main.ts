import { createLogger, runServerProcess } from '@tandem/process'
import { endWithEngine } from '../end-with-engine.js'
import { parseLogitConfig } from './config.js'
import { startLogitService } from './start.js'

await runServerProcess('The logit service', () => {
  const config = parseLogitConfig(process.env)
  const log = createLogger(`logit-${config.role}`, config.logLevel)
  return startLogitService(config, log, endWithEngine(log))
})
