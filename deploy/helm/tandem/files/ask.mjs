/**
 * Asks the gateway for one answer, with the first API key of a file of keys. Run by `helm test`.
 */
import { readFileSync } from 'node:fs'

const { TANDEM_URL: url, TANDEM_API_KEYS_FILE: file } = process.env
const lines = readFileSync(file, 'utf8')
  .split('\n')
  .map((line) => line.trim())
const keys = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(/\s/)[0])
const key = keys.find((text) => !text.startsWith('sha256:'))

async function ask(path, body) {
  const headers = { authorization: `Bearer ${key ?? ''}`, 'content-type': 'application/json' }
  const request = body ? { method: 'POST', body: JSON.stringify(body) } : {}
  const response = await fetch(`${url}${path}`, { ...request, headers, signal: AbortSignal.timeout(240_000) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

try {
  await ask('/livez')
  if (key === undefined) {
    await ask('/health')
    console.log('The gateway is ready. No answer was asked for: all API keys are digests.')
  } else {
    const { data } = await ask('/v1/models')
    const messages = [{ role: 'user', content: 'Name a river.' }]
    const { choices, usage } = await ask('/v1/chat/completions', { model: data[0].id, messages, max_tokens: 8 })
    if (!(usage.completion_tokens > 0)) throw new Error('the answer has no tokens')
    console.log(
      `${data[0].id} answered ${usage.completion_tokens} tokens: ${JSON.stringify(choices[0].message.content)}`,
    )
  }
} catch (error) {
  console.error(String(error.cause ?? error))
  process.exitCode = 1
}
