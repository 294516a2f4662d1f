import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { LastLines } from './last-lines.js'

it('keeps the last lines with complete characters, and limits their length', async () => {
  const stream = new PassThrough()
  const seen: string[] = []
  const lines = new LastLines(stream, (line) => seen.push(line))
  const bytes = Buffer.from(`${Array.from({ length: 50 }, (_, i) => `Zeile ${i} – ü`).join('\n')}\nno end`)
  for (const byte of bytes) stream.write(Buffer.from([byte]))
  stream.end()
  await finished(stream)
  expect(seen).toHaveLength(51)
  expect(lines.text.split('\n')).toHaveLength(20)
  expect(lines.text).toMatch(/^Zeile 31 – ü\n.*Zeile 49 – ü\nno end$/s)
})

it('cuts a line without an end', async () => {
  const stream = new PassThrough()
  const lines = new LastLines(stream, () => undefined)
  for (let i = 0; i < 100; i++) stream.write('x'.repeat(1000))
  stream.end()
  await finished(stream)
  expect(lines.text).toHaveLength(2000)
})

it.each([
  [
    '\x1b[1;31m2026-11-28 10:12:12.3 [E:onnxruntime:onnxruntime-node, a.cc:1 Create] /lib.so\n\x1b[m\nNo device.\n',
    'No device.',
  ],
  [
    '\x1b[31m2026-11-28 10:12:12.3 [E:onnxruntime:, a.cc:1] all\x1b[m\n',
    '2026-11-28 10:12:12.3 [E:onnxruntime:, a.cc:1] all',
  ],
])('shows %j without colours and without the logs of a library', async (said, expected) => {
  const stream = new PassThrough()
  const lines = new LastLines(stream, () => undefined)
  stream.end(said)
  await finished(stream)
  expect(lines.text).toBe(expected)
})
