import { expect, it } from 'vitest'
import { createLogFormatter, hasColours } from './log-lines.js'

const format = createLogFormatter({ hasColours: false, hasName: true })
const fields = { level: 30, time: 1_522_431_328_992, pid: 42, hostname: 'h', name: 'gateway' }
const line = (more: object) => JSON.stringify({ ...fields, ...more })

it('shows time, level, message and fields on one line', () => {
  expect(format(line({ msg: 'done', status: 200, of: { a: 'x' } }))).toMatch(
    /^\[\d\d:\d\d:28\.992\] INFO \(gateway\): done \{"status":200,"of":\{"a":"x"\}\}$/,
  )
  const unnamed = createLogFormatter({ hasColours: false, hasName: false })
  expect(unnamed(line({ msg: 'done' }))).toMatch(/^\[[\d:.]+\] INFO: done$/)
})

it('shows the stack of an error', () => {
  const shown = format(
    line({ level: 50, msg: 'no', err: { type: 'Error', message: 'boo', stack: 'Error: boo\n at x' } }),
  )
  expect(shown).toMatch(/ERROR \(gateway\): no/)
  expect(shown).toContain('at x')
})

it('uses colours only if it is told to', () => {
  const start = String.fromCharCode(27)
  expect(createLogFormatter({ hasColours: true, hasName: true })(line({ msg: 'a' }))).toContain(`${start}[`)
  expect(format(line({ msg: 'a' }))).not.toContain(start)
  expect(hasColours(true, {})).toBe(true)
  expect(hasColours(true, { NO_COLOR: '' })).toBe(true)
  expect([hasColours(true, { NO_COLOR: '1' }), hasColours(true, { TERM: 'dumb' }), hasColours(false, {})]).toEqual([
    false,
    false,
    false,
  ])
})

it.each(['plain', '', '{', '[1]', '{"a":1}', '{"level":"info","time":1}', 'null', '  at x'])('keeps %j', (text) => {
  expect(format(text)).toBe(text)
})

it('does not let a logged text control the terminal', () => {
  const shown = format(line({ msg: 'a\u001b[2Jb\rc\u009bd\\u001be', 'x\u0007': '\b' }))
  expect(shown).toContain('a\\u001b[2Jb\\rc?d\\u001be')
  expect(shown).not.toMatch(/\p{Cc}/u)
})
