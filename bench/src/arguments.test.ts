import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments.js'

const parse = (...args: string[]) => parseArguments(args, ['P1', 'P2', 'P2-PAIRED'])

describe('parseArguments', () => {
  it('runs all cases in the long form by default', () => {
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

  it('accepts cases in lower case, a form and files', () => {
    const args = ['--short', '--case', 'p1', '--case', 'P2-paired', '--form', 'fast', '--json', 'out.json', '--write']
    expect(parse(...args)).toMatchObject({
      isShort: true,
      cases: ['P1', 'P2-PAIRED'],
      forms: ['fast'],
      json: 'out.json',
      writes: true,
    })
  })

  it('refuses an unknown case, form or flag by its name', () => {
    expect(() => parse('--case', 'P11')).toThrow('--case P11 is unknown: expected one of P1, P2, P2-PAIRED')
    expect(() => parse('--form', 'int4')).toThrow('--form int4 is unknown: expected default or fast')
    expect(() => parse('--sort')).toThrow("Unknown option '--sort'")
  })
})
