import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestKey } from './digest-key.js'
import { KeyError, parseKeyLine } from './parse-key-line.js'

const hex = createHash('sha256').update('secret').digest('hex')

test('a line is a key, plain or as a digest, with options', () => {
  expect(parseKeyLine('secret')).toEqual({ digest: digestKey('secret'), name: null, limits: {} })
  expect(parseKeyLine(`sha256:${hex.toUpperCase()}`)).toEqual(parseKeyLine('secret'))
  expect(
    parseKeyLine(`  sha256:${hex}\tname=al.ice_1@x  concurrent=4 requests_per_minute=60 tokens_per_minute=none # her`),
  ).toEqual({
    digest: digestKey('secret'),
    name: 'al.ice_1@x',
    limits: { concurrent: 4, requestsPerMinute: 60, tokensPerMinute: null },
  })
  expect(parseKeyLine('a#b=c==')?.digest).toEqual(digestKey('a#b=c=='))
})

test.each(['', ' \t', '# secret', '  #secret name=a'])('"%s" has no key', (line) => {
  expect(parseKeyLine(line)).toBeNull()
})

test.each([
  ['name=a secret', 'the first field is an option: expected the key first'],
  ['schlüssel', 'the key must have 1 to 512 printable ASCII characters'],
  ['a'.repeat(513), 'the key must have 1 to 512 printable ASCII characters'],
  ['sha256:abc', 'the key is not a SHA-256 digest: expected sha256: and 64 hex digits'],
  [`sha256:${hex}0`, 'the key is not a SHA-256 digest: expected sha256: and 64 hex digits'],
  ['secret word', 'field 2 is not known: expected name=, concurrent=, requests_per_minute=, tokens_per_minute='],
  ['secret name=a rpm=3', 'field 3 is not known: expected name=, concurrent='],
  ['secret name=a name=b', 'name= is given twice: give it once'],
  ['secret name=', 'name= must have 1 to 64 letters, digits, or characters of . _ @ -'],
  ['secret name=a/b', 'name= must have 1 to 64 letters'],
  ['secret name=key-7', 'name= has the form of the names that keys without a name get (key-1)'],
  ['secret concurrent=0', 'concurrent= must be an integer from 1 to 1000000000, or none'],
  ['secret requests_per_minute=-1', 'requests_per_minute= must be an integer'],
  ['secret tokens_per_minute=1e3', 'tokens_per_minute= must be an integer'],
  ['secret tokens_per_minute=99999999999', 'tokens_per_minute= must be an integer'],
])('"%s" is refused', (line, message) => {
  expect(() => parseKeyLine(line)).toThrow(message)
})

test('no error repeats a part of the line', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[A-Z]{6,12}=?[A-Z]{0,9}$/), { minLength: 2 }), (fields) => {
      try {
        parseKeyLine(fields.join(' '))
      } catch (error) {
        expect(error).toBeInstanceOf(KeyError)
        for (const field of fields) expect((error as KeyError).message).not.toContain(field)
        return
      }
      throw new Error('accepted')
    }),
  )
})
