import { status } from '@grpc/grpc-js'
import type { StepResponse, StepResponse__Output, StepResult } from '@tandem/proto'
import { StreamEnd } from './fault-proxy.js'

/** A fault of one response. */
export interface BrokenResponse {
  readonly name: string
  /**
   * Returns what is sent instead of the response.
   * @throws StreamEnd to end the stream
   */
  breakResponse(response: StepResponse__Output): readonly StepResponse[]
}

type Rows = NonNullable<StepResult['rows']>
type Row = Rows[number]

const statuses = ['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'CANCELLED'] as const

const endings: readonly BrokenResponse[] = statuses.map((name) => ({
  name: `the stream ends with ${name}`,
  breakResponse: () => {
    throw new StreamEnd(status[name])
  },
}))

const failures: readonly BrokenResponse[] = statuses.map((name) => ({
  name: `the step fails with ${name}`,
  breakResponse: (response) => toResults(response, () => ({ error: { code: status[name], message: 'a fault' } })),
}))

const shift = ({ position = 0, ...result }: StepResult, by: number): StepResult => ({
  ...result,
  position: position + by,
})

/** F6: a service answers with an error, or breaks the order of steps and responses. */
export const wrongAnswers: readonly BrokenResponse[] = [
  ...endings,
  ...failures,
  { name: 'a position too far', breakResponse: (response) => toResults(response, (result) => shift(result, 1)) },
  { name: 'another request id', breakResponse: (response) => [{ ...response, requestId: response.requestId + 7 }] },
  { name: 'a response twice', breakResponse: (response) => [response, response] },
  { name: 'no results', breakResponse: (response) => [{ ...response, results: [] }] },
  {
    name: 'the results twice',
    breakResponse: (response) => [{ ...response, results: [...response.results, ...response.results] }],
  },
]

/** A response that never comes, which only the time limit of the request ends. */
export const missingResponse: BrokenResponse = { name: 'no response', breakResponse: () => [] }

const { NaN: nan, NEGATIVE_INFINITY: impossible } = Number

/** F7: a service sends logits that mean nothing. */
export const wrongLogits: readonly BrokenResponse[] = [
  {
    name: 'all logits NaN',
    breakResponse: (response) => toLogits(response, () => nan, { logSumExp: nan, max: nan }),
  },
  {
    name: 'one logit NaN, with a finite sum',
    breakResponse: (response) => toLogits(response, (logit, i) => (i === 0 ? nan : logit)),
  },
  {
    name: 'all logits -inf',
    breakResponse: (response) => toLogits(response, () => impossible, { logSumExp: impossible, max: impossible }),
  },
  {
    name: 'an infinite logit',
    breakResponse: (response) => toLogits(response, (logit, i) => (i === 0 ? -impossible : logit)),
  },
  {
    name: 'half of the logits',
    breakResponse: (response) => toBytes(response, (bytes) => bytes.subarray(0, (bytes.length >> 3) * 4)),
  },
  { name: 'no logits', breakResponse: (response) => toBytes(response, () => Buffer.alloc(0)) },
  {
    name: 'half of a logit',
    breakResponse: (response) => toBytes(response, (bytes) => bytes.subarray(0, bytes.length - 2)),
  },
  { name: 'no rows', breakResponse: (response) => toRows(response, () => []) },
]

function toResults(response: StepResponse__Output, change: (result: StepResult) => StepResult): StepResponse[] {
  return [{ ...response, results: response.results.map(change) }]
}

function toRows(response: StepResponse__Output, change: (rows: Rows) => Rows): StepResponse[] {
  return toResults(response, (result) => ({ ...result, rows: change(result.rows ?? []) }))
}

function toBytes(response: StepResponse__Output, change: (logits: Buffer) => Buffer, values: Partial<Row> = {}) {
  const toRow = (row: Row): Row => ({
    ...row,
    ...values,
    scores: (row.scores ?? []).map((scores) => ({
      ...scores,
      logits: change(Buffer.from(scores.logits as Uint8Array)),
    })),
  })
  return toRows(response, (rows) => rows.map(toRow))
}

/** Changes each logit of each readout. */
function toLogits(response: StepResponse__Output, change: (logit: number, i: number) => number, values?: Partial<Row>) {
  const write = (bytes: Buffer) => {
    for (let i = 0; i * 4 < bytes.length; i++) bytes.writeFloatLE(change(bytes.readFloatLE(i * 4), i), i * 4)
    return bytes
  }
  return toBytes(response, write, values)
}
