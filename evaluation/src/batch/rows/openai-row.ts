import type { Outcome } from '../http/ask.js'
import { readUsage } from '../read-usage.js'
import type { BatchJob } from './batch-job.js'

/**
 * The row of a job in OpenAI's Batch form. What differs between two runs is replaced: `id` and
 * `request_id` are the name of the request, `created` is 0, and `usage` has only the counts.
 */
export function openAiRow({ prompt, requestId }: BatchJob, { status, body }: Outcome): object {
  const fields = typeof body === 'object' && body !== null ? body : {}
  const usage = readUsage(body)
  const fixed = status === 200 ? { ...fields, id: requestId, created: 0, ...(usage && { usage }) } : fields
  return {
    id: requestId,
    custom_id: prompt.customId,
    response: { status_code: status, request_id: requestId, body: fixed },
    error: null,
  }
}
