/**
 * onnxruntime reports to its maker what is loaded and run, and keeps a database of it in the user's cache folder, unless this variable is set
 * before its first session. Threads have copies of the environment that it does not see: call this on the main one.
 */
export function disableTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ||= '1'
}
