import { parentPort, workerData } from 'node:worker_threads'
import type { EncodeJob } from './encode-job.js'
import type { EncoderAnswer, TextSource } from './encoder-messages.js'
import { openText } from './open-text.js'
import { runJob } from './run-job.js'
import { TextError } from './tokenizer/text-error.js'

if (parentPort === null) throw new Error('encoder-worker.js runs in a worker thread')
const port = parentPort
const { files, model } = workerData as TextSource
const text = openText(files, model)

port.on('message', (jobs: readonly EncodeJob[]) => {
  const answer = encode(jobs)
  port.postMessage(answer)
})

function encode(jobs: readonly EncodeJob[]): EncoderAnswer {
  try {
    return { type: 'encoded', ids: jobs.map((job) => runJob(text, job)) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { type: 'failed', code: error instanceof TextError ? error.code : null, message }
  }
}
