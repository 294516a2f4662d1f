import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

// The condition makes workspace imports resolve to TypeScript sources, so that unit tests need no build.
// Tests that start processes or worker threads run what `npm run build` made: `npm test` builds first.
const conditions = ['tandem-source']

/**
 * Tests with a process per file. The others share processes, so that a process loads a module once and not
 * once per file: they change nothing that outlives a file. Tests in these folders do, or their code does:
 * telemetry sets globals of OpenTelemetry, and services depend on what was loaded before onnxruntime.
 */
const isolated = ['{services,telemetry,test}/src/**/*.test.ts', 'gateway/src/telemetry/**/*.test.ts']

// The scripts of test/load/k6 import k6's modules. Here they get the adapter.
const k6 = (name: string) => fileURLToPath(new URL(`test/src/k6/modules/${name}.ts`, import.meta.url))
const alias = [
  { find: /^k6$/, replacement: k6('k6') },
  { find: /^k6\/(?:net\/)?(\w+)$/, replacement: k6('$1') },
]

export default defineConfig({
  resolve: { conditions, alias },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Vitest runs isolated files first. They are the long ones, so both workers end at the same time.
    projects: [
      { extends: true, test: { name: 'isolated', include: isolated } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['*/src/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...isolated],
          isolate: false,
        },
      },
    ],
    // These limits only end what hangs: a test that takes 10 s here may take minutes on a busy machine.
    testTimeout: 600_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 120_000 } },
    maxWorkers: 2,
    // Concurrent tests fill a service's batch of 16 answers: two answers each.
    maxConcurrency: 8,
    // Tests that load onnxruntime themselves: it reports what it runs otherwise.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
})
