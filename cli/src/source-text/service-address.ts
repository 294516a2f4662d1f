/** What starts the source text of a running service. */
export const serviceScheme = 'grpc://'
const addressPattern = /^(?:\[[0-9a-f:.]+\]|[\w.-]+):(\d{1,5})$/i

/** Whether a source is a running service, which can have several replicas: `grpc://host:port,host:port`. */
export const isService = (source: string): boolean => source.startsWith(serviceScheme)

/**
 * Returns the `host:port` of each replica of a service.
 * @param label the name of the source in messages, e.g. `--sft`
 * @throws Error if no addresses follow the scheme
 */
export function parseAddresses(source: string, label: string): string[] {
  const addresses = source
    .slice(serviceScheme.length)
    .split(',')
    .map((address) => address.trim())
  if (addresses.every(isAddress)) return addresses
  throw new Error(
    `${label} ${source} is not an address; expected ${serviceScheme}HOST:PORT, e.g. ${serviceScheme}127.0.0.1:7003`,
  )
}

/** Whether a text is `host:port`, with a port from 1 to 65535. */
export function isAddress(text: string): boolean {
  const port = Number(addressPattern.exec(text)?.[1])
  return port >= 1 && port <= 65_535
}
