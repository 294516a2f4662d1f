import { describe, expect, it } from 'vitest'
import { pinnedTo, twoCores } from './cores.js'

describe('cores', () => {
  it('binds a process by a launcher', () => {
    expect(pinnedTo(1)).toEqual(['taskset', '-c', '1'])
  })

  it('returns the first two cores, or reports what is missing', () => {
    expect(twoCores([2, 5, 7])).toEqual([2, 5])
    expect(() => twoCores([])).toThrow('taskset (util-linux) is missing, which binds processes to cores')
    expect(() => twoCores([3])).toThrow('this program may use one core: expected two')
  })
})
