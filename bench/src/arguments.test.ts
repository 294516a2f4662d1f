import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments.js'

const parse = (...args: string[]) => parseArguments(args, ['P1', 'P2', 'P2-PAIRED'])

describe('parseArguments', () => {
  it('runs everything at length unless told otherwise', () => {
    expect(parse()).toEqual({
      isShort: false,
      cases: [],
      forms: ['default', 'fast'],
      json: null,
      writes: false,
      isVerbose: false,
      asksHelp: false,
    })
  })

  it('takes cases in either case, a form and files', () => {
    const args = ['--short', '--case', 'p1', '--case', 'P2-paired', '--form', 'fast', '--json', 'out.json', '--write']
    expect(parse(...args)).toMatchObject({
      isShort: true,
      cases: ['P1', 'P2-PAIRED'],
      forms: ['fast'],
      json: 'out.json',
      writes: true,
    })
  })

  it('refuses what there is not, by name', () => {
    expect(() => parse('--case', 'P11')).toThrow('there is no case P11; there are: P1, P2, P2-PAIRED')
    expect(() => parse('--form', 'int4')).toThrow('there is no form "int4"; there are: default, fast')
    expect(() => parse('--sort')).toThrow("Unknown option '--sort'")
  })
})
