import { describe, expect, it } from 'vitest'
import { describeMethod, parseMethods } from './method.js'
import { type ChatLine, parseLine } from './parse-line.js'

describe('parseLine', () => {
  it.each<[string, ChatLine]>([
    ['', { type: 'nothing' }],
    ['  ', { type: 'nothing' }],
    [' hello /help ', { type: 'message', text: 'hello /help' }],
    ['//etc is a folder', { type: 'message', text: '/etc is a folder' }],
    ['/strategy', { type: 'show-methods' }],
    ['/strategy  aad alpha=0.2', { type: 'methods', methods: [{ strategy: 'aad', alpha: 0.2 }] }],
    [
      '/compare aad alpha=.5 eft beta=2 base=sft',
      {
        type: 'methods',
        methods: [
          { strategy: 'aad', alpha: 0.5 },
          { strategy: 'eft', beta: 2, base: 'sft' },
        ],
      },
    ],
    ['/reset', { type: 'reset' }],
    ['/help', { type: 'help' }],
    ['/exit', { type: 'exit' }],
  ])('%s', (line, expected) => {
    expect(parseLine(line)).toEqual(expected)
  })

  it.each([
    ['/bye', 'unknown command /bye. /help lists the commands; start a message with // if it begins with /'],
    ['/reset all', '/reset has no arguments; found "all"'],
    ['/strategy aad eft', '/strategy NAME expects 1 strategy; found 2'],
    ['/compare aad', '/compare A B expects 2 strategies; found 1'],
    ['/compare', '/compare A B expects 2 strategies; found 0'],
    ['/strategy alpha=1', '"alpha=1" is not a parameter of a strategy; expected NAME or NAME key=value'],
    ['/strategy aad alpha=', '"alpha=" is not a parameter of a strategy'],
    ['/strategy nope', 'strategy: unknown strategy "nope"; expected one of: aad, greedy-dpo, '],
    ['/strategy aad alpha=x', 'alpha is "x": expected a number above 0'],
    ['/strategy aad alhpa=1', 'alhpa: unknown parameter of the strategy aad; expected one of: '],
    ['/compare aad nope', 'unknown strategy "nope"'],
    ['/strategy aad =1', '"=1" is not a parameter of a strategy'],
  ])('refuses %s', (line, message) => {
    expect(() => parseLine(line)).toThrow(message)
  })
})

describe('describeMethod', () => {
  it.each(['aad', 'aad alpha=0.2', 'eft beta=2 base=sft', 'sample temperature=1e-3 seed=-1'])(
    'is parsed back: %s',
    (text) => {
      const [method] = parseMethods(text.split(' '))
      expect(parseMethods(describeMethod(method ?? {}).split(' '))).toEqual([method])
    },
  )

  it('names the default of the server', () => {
    expect(describeMethod({})).toBe("the server's own strategy")
  })
})
