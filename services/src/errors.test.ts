import { expect, it } from 'vitest'
import { invalidArgument, ServiceError, statusCodes } from './errors.js'

it.each([
  'std::bad_alloc',
  'bad allocation',
  'Array buffer allocation failed',
  'Non-zero status code returned while running MatMulNBits node. Failed to allocate memory for requested buffer of size 99',
])('reports a failed allocation as RESOURCE_EXHAUSTED: %s', (message) => {
  const cause = new RangeError(message)
  expect(ServiceError.from(cause)).toMatchObject({
    code: statusCodes.resourceExhausted,
    message: expect.stringMatching(/^the machine has too little memory for this: lower TANDEM_MAX_BATCH/),
    cause,
  })
})

it('reports other errors as INTERNAL, and keeps a ServiceError as it is', () => {
  expect(ServiceError.from(new Error('broken'))).toMatchObject({ code: statusCodes.internal, message: 'broken' })
  const own = invalidArgument('no memory, says the client: bad_alloc')
  expect(ServiceError.from(own)).toBe(own)
})
