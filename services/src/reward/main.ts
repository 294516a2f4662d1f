import { createLogger, endWithEngine, runServiceProcess } from '../service-process.js'
import { parseRewardConfig } from './config.js'
import { startRewardService } from './start.js'

await runServiceProcess('The reward service', () => {
  const config = parseRewardConfig(process.env)
  const log = createLogger('reward', config.logLevel)
  return startRewardService(config, log, endWithEngine(log))
})
