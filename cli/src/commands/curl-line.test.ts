import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { curlLine } from './curl-line.js'

it('is safe in a shell for any conversation', () => {
  const messages = [{ role: 'user', content: `It's "5 o'clock" \\ $HOME \`id\`\nand – more` }] as const
  const line = curlLine({ url: 'http://127.0.0.1:1', model: 'm', messages, maxTokens: 5, needsKey: false })
  const shown = execFileSync('sh', ['-c', line.replace(/^curl .* -d /, 'printf %s ')], { encoding: 'utf8' })
  expect(JSON.parse(shown)).toEqual({ model: 'm', messages, max_tokens: 5 })
})

it('lets the shell insert the key', () => {
  const line = curlLine({ url: 'http://h:1', model: 'm', messages: [], maxTokens: 5, needsKey: true })
  expect(line).toContain('-H "authorization: Bearer $TANDEM_API_KEY"')
})
