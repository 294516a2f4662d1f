import { messageOf, parseEnvironment, resolveListenHost } from '@tandem/process'
import { gatewayEnvironmentSchema } from '../config.js'

const schema = gatewayEnvironmentSchema.pick({ TANDEM_HOST: true, TANDEM_PORT: true })

/**
 * Asks the gateway that listens on TANDEM_HOST and TANDEM_PORT of this machine whether it answers,
 * with the same environment as the gateway.
 * @param deadlineMs time in which it must answer
 * @throws Error if it does not answer with 200
 */
export async function checkGateway(environment: NodeJS.ProcessEnv, deadlineMs: number): Promise<void> {
  const { TANDEM_HOST: host, TANDEM_PORT: port } = parseEnvironment(schema, environment)
  const { address } = await resolveListenHost(host)
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}/livez`
  const { status } = await ask(url, deadlineMs)
  if (status !== 200) throw new Error(`${url} answered ${status}: expected 200`)
}

async function ask(url: string, deadlineMs: number): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(deadlineMs) })
  } catch (error) {
    throw new Error(`${url} does not answer: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
