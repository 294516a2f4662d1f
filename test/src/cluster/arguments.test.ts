import { expect, test } from 'vitest'
import { parseClusterArguments } from './arguments.js'

const keys = ['answers', 'scale']

test('the defaults use docker and the images that the cluster sees', () => {
  expect(parseClusterArguments([], keys)).toEqual({
    ...{ only: [], prefix: [], load: null, tool: 'docker' },
    ...{ builds: true, keeps: false, writes: false, asksHelp: false },
  })
})

test('commands are split into words', () => {
  const args = ['--load', 'kind load  docker-image', '--prefix', 'ssh host', '--tool', 'buildah', '--no-build']
  expect(parseClusterArguments([...args, '--only', 'scale'], keys)).toMatchObject({
    ...{ load: ['kind', 'load', 'docker-image'], prefix: ['ssh', 'host'], tool: 'buildah', builds: false },
    only: ['scale'],
  })
})

test('unknown steps and tools are refused with what is known', () => {
  expect(() => parseClusterArguments(['--only', 'scael'], keys)).toThrow(
    '--only scael is unknown: expected one of answers, scale',
  )
  expect(() => parseClusterArguments(['--tool', 'podman'], keys)).toThrow(
    '--tool podman is unknown: expected docker or buildah',
  )
})
