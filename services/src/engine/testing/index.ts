/**
 * Test helpers of the engine: an engine behind a port in this thread, and a client that replays
 * what a service has lost.
 */

export { generousSettings, joinEngine } from './join-engine.js'
export { emptyWork, logitsOf, never, rowsOf, runReplaying, stepOf } from './steps.js'
export { ToyEngine } from './toy-engine.js'
