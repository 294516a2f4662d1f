import { describe, expect, it } from 'vitest'
import { estimate, interpolatedQuantile, mean, median, scale } from './statistics.js'

describe('statistics', () => {
  it('computes the median of an odd and of an even number of rounds', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
  })

  it('interpolates percentiles between ranks', () => {
    expect(interpolatedQuantile([0, 10, 20, 30, 40], 0.1)).toBe(4)
    expect(interpolatedQuantile([7], 0.9)).toBe(7)
  })

  it('returns the median with the 10th and 90th percentile', () => {
    expect(estimate([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).toEqual({ value: 6, low: 2, high: 10 })
  })

  it('refuses zero rounds and a round without a finite number', () => {
    expect(() => estimate([])).toThrow('expected at least one round')
    expect(() => estimate([1, Number.POSITIVE_INFINITY])).toThrow('a round gave Infinity')
  })

  it('scales value and spread', () => {
    expect(scale({ value: 1, low: 0.5, high: 2 }, 2)).toEqual({ value: 2, low: 1, high: 4 })
  })

  it('computes the mean', () => {
    expect(mean([1, 2, 6])).toBe(3)
  })
})
