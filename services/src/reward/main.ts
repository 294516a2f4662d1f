import { createLogger, runServerProcess } from '@tandem/process'
import { endWithEngine } from '../end-with-engine.js'
import { parseRewardConfig } from './config.js'
import { startRewardService } from './start.js'

await runServerProcess('The reward service', () => {
  const config = parseRewardConfig(process.env)
  const log = createLogger('reward', config.logLevel)
  return startRewardService(config, log, endWithEngine(log))
})
