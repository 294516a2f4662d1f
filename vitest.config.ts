import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// The condition makes workspace imports resolve to TypeScript sources, so that unit tests need no
// build. Tests that start processes or worker threads run what `npm run build` made: `npm test`
// builds first.
const conditions = ['tandem-source']

/**
 * Tests with a process per file. The others share processes, so that a process loads a module once
 * and not once per file: they change nothing that outlives a file. These tests do, or their code
 * does: they set globals of OpenTelemetry or mock modules, they measure their process, or they load
 * onnxruntime, whose behaviour depends on what was loaded before it.
 */
const isolated = [
  'telemetry/src/{measure-process,report-faults}.test.ts',
  'gateway/src/telemetry/{failovers,request-*}.test.ts',
  'services/src/logit/{golden,metrics}.test.ts',
  'services/src/reward/golden.test.ts',
  'services/src/engine/onnx/{batch.property,device-engine,exported-engine,float16-tensors,pair}.test.ts',
  'services/src/engine/sessions/{prefix-reuse,sessions.property}.test.ts',
  'services/src/engine/thread/{engine-thread,strict}.test.ts',
  'test/src/{models-parity,real-pair}.test.ts',
  'test/src/observability/{documentation,names,promtool}.test.ts',
]

/**
 * The files that take longest, the longest first. They begin first, so that no worker ends with one
 * of them.
 */
const longest = [
  // Skipped without the Python of training/.
  'test/src/reproduce',
  'test/src/training',
  'test/src/real-pair',
  'bench/src/faults/short-form',
  'test/src/kill',
  'test/src/clients/schemathesis',
  'test/src/clients/conformance',
  'test/src/evaluate',
  'test/src/batch',
  'test/src/synthesize',
  'test/src/exported',
  'test/src/observability/prometheus',
  'test/src/packages/packages',
  'test/src/reward',
  'test/src/observability/collector-faults',
  'test/src/hub',
  'test/src/service-parity',
  'test/src/tiny-pair',
  'bench/src/load-test/load-test',
  'test/src/paired',
  'test/src/tls',
  'test/src/observability/traces',
  'test/src/extra-models',
  'cli/src/main',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = longest.findIndex((path) => moduleId.endsWith(`/${path}.test.ts`))
      return rank < 0 ? longest.length : rank
    }
    const isIsolated = ({ project }: TestSpecification) => Number(project.config.isolate)
    return (await super.sort(files)).sort((a, b) => isIsolated(b) - isIsolated(a) || rankOf(a) - rankOf(b))
  }
}

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
    // These limits only end what hangs: a test that takes 10 s here may take minutes on a busy
    // machine.
    testTimeout: 600_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 120_000 } },
    // For two cores: many tests wait for processes and for time limits, and meanwhile another file
    // runs.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Concurrent tests run in one batch of at most 32 answers: two answers each. On a busy machine
    // an answer of a larger batch could take longer than fetch waits.
    maxConcurrency: 16,
    // Tests that load onnxruntime themselves: it reports what it runs otherwise.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
})
