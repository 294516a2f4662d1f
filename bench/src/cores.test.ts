import { describe, expect, it } from 'vitest'
import { parseCoreList, pinnedTo, twoCores } from './cores.js'

describe('cores', () => {
  it('reads the lists that taskset prints', () => {
    expect(parseCoreList(' 0,1\n')).toEqual([0, 1])
    expect(parseCoreList('0,2-4')).toEqual([0, 2, 3, 4])
    expect(parseCoreList('')).toEqual([])
  })

  it('binds through a launcher', () => {
    expect(pinnedTo(1)).toEqual(['taskset', '-c', '1'])
  })

  it('takes the first two, or says what is missing', () => {
    expect(twoCores([2, 5, 7])).toEqual([2, 5])
    expect(() => twoCores([])).toThrow('there is no taskset (util-linux) here to bind processes to cores')
    expect(() => twoCores([3])).toThrow('two cores are needed, and this program may use one')
  })
})
