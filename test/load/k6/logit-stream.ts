/**
 * Decodes over the gRPC stream of one logit service, without a gateway: a prompt, then one token in
 * each step. k6 has no times of streams of its own, so the times are Trends of this script, in
 * whole milliseconds.
 *
 * k6 run -e TANDEM_LOGITS=127.0.0.1:7001 -e RATE=2 -e DURATION=1m logit-stream.ts
 *
 * A service that listens on other than loopback addresses needs TLS: set TANDEM_TLS_CA,
 * TANDEM_TLS_CERT and TANDEM_TLS_KEY to files in PEM, relative to this script.
 */
import { check } from 'k6'
import { Trend } from 'k6/metrics'
import { Client, StatusOK, Stream } from 'k6/net/grpc'
import type { Options } from 'k6/options'
import { durationFrom, maxVUs, numberFrom, rate, tokens } from './lib/settings.ts'
import { bestToken, GreedySession, type StepResponse } from './lib/steps.ts'

const service = 'tandem.v1.LogitService'
const address = __ENV.TANDEM_LOGITS ?? '127.0.0.1:7001'
const promptTokens = numberFrom('PROMPT_TOKENS', 64)

const prefill = new Trend('tandem_prefill', true)
const step = new Trend('tandem_step', true)
const queue = new Trend('tandem_step_queue', true)
const compute = new Trend('tandem_step_compute', true)

const client = new Client()
client.load(['../../../proto'], 'tandem/v1/logits.proto')

const fileOf = (name: string): string => open(__ENV[name] ?? '')
const security = __ENV.TANDEM_TLS_CA
  ? { tls: { cacerts: fileOf('TANDEM_TLS_CA'), cert: fileOf('TANDEM_TLS_CERT'), key: fileOf('TANDEM_TLS_KEY') } }
  : { plaintext: true }

/** One scenario with a constant rate of streams. */
export const options: Options = {
  scenarios: {
    streams: {
      executor: 'constant-arrival-rate',
      rate: Math.round(rate * 60),
      timeUnit: '1m',
      duration: durationFrom('DURATION', '1m'),
      preAllocatedVUs: maxVUs,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    dropped_iterations: ['count==0'],
    tandem_prefill: [`p(95)<${numberFrom('MAX_PREFILL', 2000)}`],
    tandem_step: [`p(95)<${numberFrom('MAX_STEP', 200)}`],
  },
}

/** What `setup` gives to the iterations. */
interface Setup {
  readonly vocabularySize: number
}

/** Reads the size of the vocabulary. @throws Error if the service does not answer */
export function setup(): Setup {
  client.connect(address, security)
  const { status, message } = client.invoke(`${service}/GetModel`, {})
  client.close()
  if (status !== StatusOK) throw new Error(`GetModel of ${address} has status ${status}: expected a logit service`)
  return message as Setup
}

/** Decodes one sequence. The iteration ends when its stream has ended. */
export default function decode({ vocabularySize }: Setup): void {
  if (__ITER === 0) client.connect(address, security)
  const stream = new Stream(client, `${service}/StepStream`)
  const send = follow(stream, new GreedySession(`k6-${Date.now()}-${__VU}-${__ITER}`))
  send(Array.from({ length: promptTokens }, (_, i) => (7 * (i + __VU + 31 * __ITER)) % vocabularySize))
}

/**
 * Answers each response with the next step, until the sequence is long enough. Returns what sends a
 * step.
 */
function follow(stream: Stream, session: GreedySession): (tokenIds: readonly number[]) => void {
  let [sentAt, answers] = [0, 0]
  const send = (tokenIds: readonly number[]) => {
    sentAt = Date.now()
    stream.write(session.append(tokenIds))
  }
  stream.on('data', (data) => {
    const response = data as StepResponse
    record(response, Date.now() - sentAt, answers++ === 0)
    if (check(response, { 'the step is answered': (found) => session.isAnsweredBy(found) }) && answers < tokens)
      send([bestToken(response)])
    else stream.end()
  })
  stream.on('error', (error) => void check(error, { 'the stream has no error': () => false }))
  stream.on('end', () => void check(answers, { 'the stream has all its answers': (count) => count === tokens }))
  return send
}

function record({ queueUs, computeUs }: StepResponse, ms: number, isFirst: boolean): void {
  if (isFirst) prefill.add(ms)
  else step.add(ms)
  queue.add(queueUs / 1000)
  compute.add(computeUs / 1000)
}
