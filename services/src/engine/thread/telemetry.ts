/**
 * Disables onnxruntime's telemetry: it reports to its vendor what is loaded and run, and keeps a
 * database of it in the user's cache folder, unless this variable is set before its first session.
 * Call this on the main thread: onnxruntime does not see the copies of the environment that other
 * threads have.
 */
export function disableTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ||= '1'
}
