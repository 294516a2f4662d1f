import { readFileSync } from 'node:fs'
import { type ChannelCredentials, type Client, credentials, makeClientConstructor } from '@grpc/grpc-js'
import {
  grpcSecurityFields,
  listenSchema,
  parseEnvironment,
  resolveGrpcListener,
  type TlsFiles,
  toGrpcSecurity,
} from '@tandem/process'
import { service } from 'grpc-health-check'
import { z } from 'zod'

const schema = z.object({
  TANDEM_LISTEN: listenSchema.refine((listen) => !listen.endsWith(':0'), 'has port 0: set the port to check'),
  ...grpcSecurityFields,
})

const { Check: check } = service
const HealthClient = makeClientConstructor(service, 'grpc.health.v1.Health')

/**
 * Asks the service that listens on TANDEM_LISTEN of this machine for its health, with the same
 * environment as the service. With TLS it uses the service's own certificate, so the authority of
 * TANDEM_TLS_CA must have signed it.
 * @param deadlineMs time in which it must answer
 * @throws Error if it is not SERVING
 */
export async function checkService(environment: NodeJS.ProcessEnv, deadlineMs: number): Promise<void> {
  const env = parseEnvironment(schema, environment)
  const security = toGrpcSecurity(env)
  const { address, usesTls } = await resolveGrpcListener('TANDEM_LISTEN', env.TANDEM_LISTEN, security)
  const port = env.TANDEM_LISTEN.slice(env.TANDEM_LISTEN.lastIndexOf(':') + 1)
  const channel = usesTls && security.tls ? ownCredentials(security.tls) : credentials.createInsecure()
  const client = new HealthClient(`${address.includes(':') ? `[${address}]` : address}:${port}`, channel, {
    // An address is no name of a TLS server; any name will do.
    'grpc.ssl_target_name_override': 'localhost',
  })
  try {
    const status = await askStatus(client, deadlineMs)
    if (status !== 'SERVING') throw new Error(`the service at ${env.TANDEM_LISTEN} is ${status}: expected SERVING`)
  } finally {
    client.close()
  }
}

/** The address is this machine's own: the certificate may be for another name. */
const ownCredentials = ({ ca, cert, key }: TlsFiles): ChannelCredentials =>
  credentials.createSsl(readFileSync(ca), readFileSync(key), readFileSync(cert), {
    checkServerIdentity: () => undefined,
  })

const askStatus = (client: Client, deadlineMs: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    if (!check) throw new Error('grpc-health-check has no method Check: expected version 2')
    const options = { deadline: Date.now() + deadlineMs }
    client.makeUnaryRequest<object, { status?: unknown }>(
      check.path,
      check.requestSerialize,
      check.responseDeserialize as (bytes: Buffer) => { status?: unknown },
      { service: '' },
      options,
      (error, response) => (error ? reject(error) : resolve(response?.status)),
    )
  })
