import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeIssue, expectations } from './describe-issue.js'

const even = z.custom((value) => Number(value) % 2 === 0).register(expectations, { expected: 'an even number' })
const long = 'x'.repeat(100_000)

test.each<[z.ZodType, unknown, string]>([
  [z.number().min(0).max(2), 3, 'is 3: expected a number from 0 to 2'],
  [z.number().min(0).max(2), '1', 'is "1": expected a number from 0 to 2'],
  [z.number().gt(0).max(1), 0, 'is 0: expected a number above 0, up to 1'],
  [z.number().gt(0).lt(1), 1, 'is 1: expected a number above 0, below 1'],
  [z.number(), null, 'is null: expected a number'],
  [z.coerce.number().int().min(0).max(65_535), 'x', 'is not a number: expected an integer from 0 to 65535'],
  [z.int().min(1), 0.5, 'is 0.5: expected an integer of at least 1'],
  [z.int().min(1), 0, 'is 0: expected an integer of at least 1'],
  [z.int(), 1e300, 'is 1e+300: expected an integer from -9007199254740991 to 9007199254740991'],
  [z.string(), 1, 'is 1: expected a string'],
  [z.string().max(3), 'abcd', 'is "abcd": expected a string of at most 3 characters'],
  [z.string().min(1).max(3), '', 'is "": expected a string of 1 to 3 characters'],
  [z.string().min(1), '', 'is "": expected a string of 1 or more characters'],
  [z.boolean().nullish(), 'yes', 'is "yes": expected true or false'],
  [z.array(z.int()).max(1), [1, 2], 'is [1,2]: expected a list of at most 1'],
  [z.array(z.int()), undefined, 'is missing: expected a list'],
  [z.object({}), [[1], 2], 'is ["...",2]: expected an object'],
  [z.enum(['0', '1']), 'yes', 'is "yes": expected one of "0", "1"'],
  [z.literal('text'), 'image', 'is "image": expected "text"'],
  [z.strictObject({ on: z.string().optional() }), { of: 1 }, 'has no key "of"; expected one of: on'],
  [z.strictObject({}).partial(), { [long]: 1 }, `has no key "${long.slice(0, 100)}..."; expected one of: `],
  [z.number(), long, `is "${long.slice(0, 99)}...: expected a number`],
  [z.strictObject({}), { '"\n': 1 }, 'has no key "\\"\\n"; expected one of: '],
  [z.tuple([z.int(), z.int()]), [1], 'is [1]: expected a list of 2'],
  [
    z.union([z.int().min(0), z.array(z.int()), z.string()]),
    -0.5,
    'is -0.5: expected an integer of at least 0 or a list or a string',
  ],
  [z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]), 1, 'is 1: expected an object'],
  [z.union([z.int(), z.date()]), 'x', 'Invalid input'],
  [z.union([z.int(), z.string()], 'must be a name or a number'), null, 'must be a name or a number'],
  [z.string('must be a name'), 1, 'must be a name'],
  [even, 3, 'is 3: expected an even number'],
  [z.optional(even), 5n, 'is 5: expected an even number'],
])('%#: names what was found and what was expected', (schema, value, message) => {
  expect(schema.safeParse(value, { error: describeIssue }).error?.issues[0]?.message).toBe(message)
})
