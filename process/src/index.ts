/**
 * What every process of Tandem needs: its life from start to exit, its environment variables, its
 * messages and logs, network addresses, the names of models and the wording of input errors. Small
 * helpers that several packages use are here too. It knows nothing of models' weights, decoding,
 * HTTP or gRPC.
 */
export { addressPattern, listenSchema } from './address.js'
export { BufferGarbage } from './buffer-garbage.js'
export { collectEachMinute } from './collect-garbage.js'
export { describeIssue, expectationOf, expectations, joinIssue } from './describe-issue.js'
export {
  flagVariable,
  integerVariable,
  logLevelSchema,
  parseEnvironment,
  type SettingFault,
  SettingsError,
} from './environment.js'
export { escapeHtml } from './escape-html.js'
export { type GrpcSecurity, grpcSecurityFields, type TlsFiles, toGrpcSecurity } from './grpc-security.js'
export { type HashOptions, hashFile } from './hash-file.js'
export { isAlive } from './is-alive.js'
export { createLogger, type RunningServer, runServerProcess } from './lifecycle.js'
export { createLogFormatter, hasColours, type LogFormat } from './log-lines.js'
export { isLoopbackAddress, type ListenHost, resolveListenHost } from './loopback.js'
export { messageOf } from './message-of.js'
export { type PingMessage, processMessageSchema, type ReadyMessage, readyMessageSchema } from './messages.js'
export {
  functionNames,
  maxExtraModels,
  modelNameSchema,
  pairNames,
  rewardNameSchema,
  titleOf,
} from './model-names.js'
export { parseCoreList } from './parse-core-list.js'
export { type ParseOptions, parseValue } from './parse-value.js'
export { hostOf, isLoopbackHost, plaintextAdvice, resolveGrpcListener } from './plaintext-rule.js'
export { quantile } from './quantile.js'
export { type Resolve, resolveAll } from './resolve-all.js'
export { shorten, showValue } from './show-value.js'
export { syncFolder } from './sync-folder.js'
export {
  maxTimings,
  type TimelineMessage,
  type TokenTiming,
  timelineMessageSchema,
  tokenTimingSchema,
} from './timeline.js'
export { TlsIdentity, type TlsMaterial } from './tls-identity.js'
export { withTimeout } from './with-timeout.js'
