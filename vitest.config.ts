import { defineConfig } from 'vitest/config'

// The condition makes workspace imports resolve to TypeScript sources, so that unit tests need no build.
// Tests that start processes or worker threads run what `npm run build` made: `npm test` builds first.
const conditions = ['tandem-source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['*/src/**/*.test.ts'],
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
