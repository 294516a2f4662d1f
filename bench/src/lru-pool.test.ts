import { expect, it } from 'vitest'
import { LruPool } from './lru-pool.js'

const events: string[] = []
const opener = (name: string) => async () => {
  events.push(`open ${name}`)
  const close = async () => void events.push(`close ${name}`)
  return { value: name, close }
}
const taken = () => events.splice(0)

it('reuses an open entry, and closes all entries when it is closed', async () => {
  const pool = new LruPool<string>(2)
  for (const name of ['a', 'b', 'a', 'b'])
    expect(await pool.use(name, opener(name), async (x) => `${x}!`)).toBe(`${name}!`)
  expect(taken()).toEqual(['open a', 'open b'])
  await pool.close()
  expect(taken()).toEqual(['close a', 'close b'])
})

it('closes the least recently used entry before it opens another, but never one in use', async () => {
  const pool = new LruPool<string>(2)
  for (const name of ['a', 'b', 'a', 'c']) await pool.use(name, opener(name), async () => null)
  expect(taken()).toEqual(['open a', 'open b', 'close b', 'open c'])
  await pool.use('a', opener('a'), () => pool.use('d', opener('d'), () => pool.use('e', opener('e'), async () => null)))
  expect(taken()).toEqual(['close c', 'open d', 'open e'])
  await pool.close()
  expect(taken()).toEqual(['close a', 'close d', 'close e'])
})

it('does not keep an entry that failed', async () => {
  const pool = new LruPool<string>(2)
  await expect(pool.use('a', opener('a'), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await pool.use('a', opener('a'), async () => null)
  expect(taken()).toEqual(['open a', 'close a', 'open a'])
  await pool.close()
  expect(taken()).toEqual(['close a'])
})
