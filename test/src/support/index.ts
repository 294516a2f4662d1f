/**
 * Helpers that start real services and read fixtures. The programs of `bench/src/tables` use them
 * too.
 */
export { embeddedPair } from './embedded-pair.js'
export { endTokenId, type GoldenRow, readGoldenRows, repositoryFolder, tinyFolder } from './fixtures.js'
export { GraphSession } from './graph-session.js'
export { heldSessions, readLoad } from './held-sessions.js'
export { logSumExp, plausibleIds } from './log-probabilities.js'
export { markdownTable, type Table } from './markdown-table.js'
export { freePort, waitUntilGone } from './processes.js'
export { replaceTable } from './replace-table.js'
export { complete } from './rest.js'
export { ServiceClient } from './service-client.js'
export { readyAddress, readyMessage, type Stack, startStack } from './stack.js'
export { SupervisedUp } from './supervised-up.js'
export { startTandemUp, type TandemUp } from './tandem-up.js'
export { startTinyStack } from './tiny-stack.js'
export { findTrainingPython } from './training-python.js'
export type { UpProcess } from './up-process.js'
