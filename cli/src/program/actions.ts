import type { Command } from 'commander'
import type { batch } from '../commands/batch.js'
import type { build } from '../commands/build.js'
import type { chat } from '../commands/chat.js'
import type { config } from '../commands/config.js'
import type { doctor } from '../commands/doctor.js'
import type { evaluate } from '../commands/evaluate.js'
import type { generate } from '../commands/generate.js'
import type { models } from '../commands/models.js'
import type { pull } from '../commands/pull.js'
import type { synthesize } from '../commands/synthesize.js'
import type { trace } from '../commands/trace.js'
import type { tune } from '../commands/tune.js'
import type { up } from '../commands/up.js'
import type { Context } from '../context.js'

/** The functions of the commands. A test replaces them. */
export interface Actions {
  readonly up: typeof up
  readonly config: typeof config
  readonly generate: typeof generate
  readonly chat: typeof chat
  readonly batch: typeof batch
  readonly evaluate: typeof evaluate
  readonly synthesize: typeof synthesize
  readonly build: typeof build
  readonly pull: typeof pull
  readonly models: typeof models
  readonly doctor: typeof doctor
  readonly tune: typeof tune
  readonly trace: typeof trace
}

/**
 * The commands of this package. The code of a command is loaded only if it runs: help and errors of
 * usage need none of it.
 */
export const allActions: Actions = {
  up: async (...given) => (await import('../commands/up.js')).up(...given),
  config: async (...given) => (await import('../commands/config.js')).config(...given),
  generate: async (...given) => (await import('../commands/generate.js')).generate(...given),
  chat: async (...given) => (await import('../commands/chat.js')).chat(...given),
  batch: async (...given) => (await import('../commands/batch.js')).batch(...given),
  evaluate: async (...given) => (await import('../commands/evaluate.js')).evaluate(...given),
  synthesize: async (...given) => (await import('../commands/synthesize.js')).synthesize(...given),
  build: async (...given) => (await import('../commands/build.js')).build(...given),
  pull: async (...given) => (await import('../commands/pull.js')).pull(...given),
  models: async (...given) => (await import('../commands/models.js')).models(...given),
  doctor: async (...given) => (await import('../commands/doctor.js')).doctor(...given),
  tune: async (...given) => (await import('../commands/tune.js')).tune(...given),
  trace: async (...given) => (await import('../commands/trace.js')).trace(...given),
}

/** Runs a command with its context, and sets the exit code. */
export type Run = (work: (context: Context) => Promise<void>, isVerbose: boolean) => Promise<void>

/** What the definitions of the commands need. */
export interface Definition {
  readonly program: Command
  readonly run: Run
  readonly environment: NodeJS.ProcessEnv
  readonly actions: Actions
}

/** The flags of every command. */
export interface CommonFlags {
  readonly verbose: boolean
}
