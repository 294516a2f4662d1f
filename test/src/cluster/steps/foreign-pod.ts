import type { Step, StepResult } from '../step.js'

const port = 7001

/** Connects without a certificate, and prints what happens. */
const program = (address: string) => `
import { connect } from 'node:net'
import { connect as connectHttp2 } from 'node:http2'
const opened = await new Promise((resolve) => {
  const socket = connect({ host: '${address}', port: ${port}, timeout: 5000 })
  socket.once('connect', () => { socket.destroy(); resolve(true) })
  for (const event of ['error', 'timeout']) socket.once(event, () => { socket.destroy(); resolve(false) })
})
const speaks = opened && await new Promise((resolve) => {
  const session = connectHttp2('http://${address}:${port}')
  session.once('remoteSettings', () => { session.destroy(); resolve(true) })
  for (const event of ['error', 'close']) session.once(event, () => resolve(false))
  setTimeout(() => { session.destroy(); resolve(false) }, 5000)
})
console.log(JSON.stringify({ opened, speaks }))
process.exit(0)`

/** A pod that is not the gateway gets no answer from a service. */
export const foreignPod: Step = {
  key: 'foreign',
  title: 'a pod that is not the gateway gets nothing from a service',
  run: async ({ kubernetes, client }): Promise<StepResult> => {
    const services = (await kubernetes.pods()).filter(({ component }) => component !== 'gateway')
    const seen = await Promise.all(
      services.map(
        async ({ address }) =>
          JSON.parse(await client.evaluate(program(address))) as { readonly opened: boolean; readonly speaks: boolean },
      ),
    )
    const isEnforced = seen.every(({ opened }) => !opened)
    const policy = isEnforced
      ? 'the network policy refuses the connection'
      : 'this CNI does not enforce network policies; mTLS refuses'
    return { tried: seen.length, passed: seen.filter(({ speaks }) => !speaks).length, found: policy }
  },
}
