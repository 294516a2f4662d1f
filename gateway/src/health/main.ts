import { messageOf } from '@tandem/process'
import { checkGateway } from './check-gateway.js'

/** The time limit of the images' health checks is a second longer. */
const deadlineMs = 4_000

try {
  await checkGateway(process.env, deadlineMs)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}
