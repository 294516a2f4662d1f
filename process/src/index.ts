/**
 * What every process of Tandem needs: its life from start to exit, its environment variables,
 * network addresses, the names of models and the wording of input errors. It knows nothing of
 * models' weights, decoding, HTTP or gRPC.
 */
export { addressPattern, listenSchema } from './address.js'
export { describeIssue, expectationOf, joinIssue } from './describe-issue.js'
export {
  flagVariable,
  integerVariable,
  logLevelSchema,
  parseEnvironment,
  type SettingFault,
  SettingsError,
} from './environment.js'
export {
  createLogger,
  type ReadyMessage,
  type RunningServer,
  readyMessageSchema,
  runServerProcess,
} from './lifecycle.js'
export { isLoopbackAddress, type ListenHost, resolveListenHost } from './loopback.js'
export {
  functionNames,
  maxExtraModels,
  modelNameSchema,
  pairNames,
  rewardNameSchema,
  titleOf,
} from './model-names.js'
export { shorten, showValue } from './show-value.js'
