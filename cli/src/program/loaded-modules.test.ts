import { fileURLToPath } from 'node:url'
import { loadedModules, pathsIn } from '@tandem/process/testing'
import { expect, test } from 'vitest'

/** What `npm run build` made. */
const program = fileURLToPath(new URL('../../bin/tandem.js', import.meta.url))

test.each([['--version'], ['--help'], ['help', 'up']])(
  '%s %s loads no command and no part of a server',
  async (...args) => {
    const paths = await loadedModules([program, ...args])
    expect(pathsIn(paths, 'cli/dist/program')).not.toEqual([])
    const servers = ['routes', 'session', 'text', 'openai'].map((folder) => `gateway/dist/${folder}`)
    const builders = ['graph', 'onnx', 'read', 'architectures'].map((folder) => `models/dist/${folder}`)
    const others = ['cli/dist/commands', 'services/dist/engine/onnx', 'evaluation/dist/report']
    expect(pathsIn(paths, ...others, ...servers, ...builders)).toEqual([])
    const packages = ['@opentelemetry', '@grpc', 'hono', 'yaml', 'protobufjs', 'onnxruntime-node', 'pino-pretty']
    expect(pathsIn(paths, ...packages.map((name) => `node_modules/${name}`))).toEqual([])
  },
)

test('config loads neither builders nor servers', async () => {
  const paths = await loadedModules([program, 'config'])
  expect(pathsIn(paths, 'cli/dist/commands')).not.toEqual([])
  expect(pathsIn(paths, 'gateway/dist/text', 'models/dist/graph', 'node_modules/@grpc')).toEqual([])
})
