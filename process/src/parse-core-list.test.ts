import { expect, test } from 'vitest'
import { parseCoreList } from './parse-core-list.js'

test.each([
  ['', []],
  ['0', [0]],
  [' 0,1\n', [0, 1]],
  ['0-2,5', [0, 1, 2, 5]],
  ['3,8-9', [3, 8, 9]],
])('parses the cores of "%s"', (list, expected) => expect(parseCoreList(list)).toEqual(expected))
