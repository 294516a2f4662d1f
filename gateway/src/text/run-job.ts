import type { EncodeJob } from './encode-job.js'
import type { Text } from './text.js'
import { finishWork } from './tokenizer/work.js'

/** Encodes a job as token ids, at once. @throws TextError as `Text.encodeConversation` */
export function runJob(text: Text, job: EncodeJob): number[] {
  return finishWork(text.start(job))
}
