import { expect, it } from 'vitest'
import { acceptedRuntimeFlags, findAcceptedFlags, runtimeFlags } from './runtime-flags.js'

const flags = runtimeFlags.map(({ flag }) => flag)

it('this Node accepts every runtime flag', async () => {
  expect(await acceptedRuntimeFlags()).toEqual(flags)
})

it('probes only once', () => {
  expect(acceptedRuntimeFlags()).toBe(acceptedRuntimeFlags())
})

it('leaves out a flag that V8 does not know', async () => {
  const [first = '', ...others] = flags
  expect(await findAcceptedFlags([first, '--no-such-flag-of-v8', ...others])).toEqual(flags)
})
