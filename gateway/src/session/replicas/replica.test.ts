import { expect, test } from 'vitest'
import { ToyService } from '../../testing/toy-service.js'
import { LogitServiceConnection } from '../grpc/logit-service.js'
import { Replica } from './replica.js'

test('a replica whose address is gone is draining, also if its service is ready', async () => {
  const toy = new ToyService(3)
  const connection = new LogitServiceConnection('dpo', await toy.start())
  const home = {
    findMismatch: () => null,
    isAlone: () => true,
    canMove: () => false,
    onRestart: () => undefined,
    onChange: () => undefined,
  }
  const replica = new Replica(connection, home, 60_000)
  replica.start()
  await expect.poll(() => replica.state).toBe('ready')
  replica.isRetired = true
  expect(replica.describe()).toMatchObject({
    state: 'draining',
    fault: expect.stringContaining('no longer an address'),
  })
  expect(replica.hasPlace).toBe(false)
  replica.close()
  toy.kill()
})
