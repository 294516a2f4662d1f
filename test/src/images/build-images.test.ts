import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProgramEnd, runProgram } from '../support/run-program.js'
import { dockerFolder } from './stages.js'

/** What the script asks of the builder. The cluster's tests build the images. */

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-build-images-'))
  const docker = join(folder, 'docker')
  await writeFile(docker, '#!/bin/sh\necho "$*"\n')
  await chmod(docker, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const build = (env: Record<string, string>, ...targets: string[]): Promise<ProgramEnd> =>
  runProgram(join(dockerFolder, 'build-images.sh'), targets, {
    env: { PATH: `${folder}${delimiter}${process.env.PATH}`, ...env },
  })

test('builds the three images that need no models', async () => {
  const { code, stdout } = await build({ TAG: '7', PREFIX: 'team/' })
  expect(code).toBe(0)
  const named = [...stdout.matchAll(/--target (\w+) -t (\S+)/g)].map(([, target, image]) => [target, image])
  expect(named).toEqual([
    ['gateway', 'team/tandem-gateway:7'],
    ['service', 'team/tandem-service:7'],
    ['cli', 'team/tandem-cli:7'],
  ])
})

test('passes on the base and more options', async () => {
  const { stdout } = await build({ BASE: 'my/node:24', BUILD_ARGS: '--network host' }, 'service')
  expect(stdout).toContain('--build-arg BASE=my/node:24 --network host .')
})

test.each([
  [{ BUILDER: 'kaniko' }, ['cli'], 'BUILDER is "kaniko": expected docker or buildah'],
  [{}, ['gate'], 'there is no image "gate": expected gateway, service, cli or models'],
  [{ MODELS: '/missing' }, ['models'], 'MODELS is "/missing": expected a folder with the model folders sft and dpo'],
])('refuses %o %o', async (env, targets, message) => {
  const { code, stderr } = await build(env as Record<string, string>, ...targets)
  expect(code).toBe(1)
  expect(stderr).toContain(message)
})
