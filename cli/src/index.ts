/**
 * The folders of cli/src, from the top. A folder imports only folders below it (layers.test.ts).
 *
 * - `program`: the command line: names, options, help, exit codes.
 * - `commands`: what each command does.
 * - `chat`, `doctor`, `pairing`, `trace`: the parts of `chat`, `doctor`, `tune` and `trace`.
 * - `stack`: the processes that serve models.
 * - `sources`: what a model is made of, and how it becomes a model folder.
 * - `config`: settings of flags, file and environment.
 * - `pull/hub`, `pull`: downloads from the hub and from the Python package index.
 * - `cache`: what is kept on disk.
 * - `source-text`, `util`, and the files `context`, `home`, `lock`, `progress`: no folder below
 *   them.
 *
 * `service-client` is a gRPC client for measurements, and `testing` is for tests only.
 */
export type { Context, ProcessModule } from './context.js'
export { findHome, type Home } from './home.js'
export { withLock } from './lock.js'
export { runCommand } from './program/run-command.js'
export { pullWeights } from './pull/pull-weights.js'
export { ServiceClient, type ServiceSession, type StepTiming } from './service-client/service-session.js'
export { type PreparedPair, preparePair } from './sources/prepare-pair.js'
export { ManagedProcess, type ProcessSpec } from './stack/managed-process.js'
export { acceptedRuntimeFlags, mallocEnvironment, runtimeFlags } from './stack/runtime-flags.js'
export type { ProcessRole, Stack, StackOptions } from './stack/stack.js'
export { startStack } from './stack/start-stack.js'
