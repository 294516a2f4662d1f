import { expect, it } from 'vitest'
import { Keeper } from './keeper.js'

const events: string[] = []
const opener = (name: string) => async () => {
  events.push(`open ${name}`)
  const close = async () => void events.push(`close ${name}`)
  return { value: name, close }
}
const taken = () => events.splice(0)

it('opens once what is wanted again, and ends all when it is closed', async () => {
  const keeper = new Keeper<string>(2)
  for (const name of ['a', 'b', 'a', 'b'])
    expect(await keeper.use(name, opener(name), async (x) => `${x}!`)).toBe(`${name}!`)
  expect(taken()).toEqual(['open a', 'open b'])
  await keeper.close()
  expect(taken()).toEqual(['close a', 'close b'])
})

it('ends the one that was not used for longest, before it opens another; never one in use', async () => {
  const keeper = new Keeper<string>(2)
  for (const name of ['a', 'b', 'a', 'c']) await keeper.use(name, opener(name), async () => null)
  expect(taken()).toEqual(['open a', 'open b', 'close b', 'open c'])
  await keeper.use('a', opener('a'), () =>
    keeper.use('d', opener('d'), () => keeper.use('e', opener('e'), async () => null)),
  )
  expect(taken()).toEqual(['close c', 'open d', 'open e'])
  await keeper.close()
  expect(taken()).toEqual(['close a', 'close d', 'close e'])
})

it('does not keep what broke', async () => {
  const keeper = new Keeper<string>(2)
  await expect(keeper.use('a', opener('a'), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await keeper.use('a', opener('a'), async () => null)
  expect(taken()).toEqual(['open a', 'close a', 'open a'])
  await keeper.close()
  expect(taken()).toEqual(['close a'])
})
