/** What starts the source text of a running service. */
export const serviceScheme = 'grpc://'
const addressPattern = /^(?:\[[0-9a-f:.]+\]|[\w.-]+):(\d{1,5})$/i

/** Whether a source is a running service: `grpc://host:port`, or a list of its replicas. */
export const isService = (source: string): boolean => source.startsWith(serviceScheme)

/**
 * Returns the `host:port` of each replica of a service. The scheme may stand before each of them.
 * @param label the name of the source in messages, e.g. `--sft`
 * @throws Error if something else follows the scheme, or an address is there twice
 */
export function parseAddresses(source: string, label: string): readonly string[] {
  const addresses = source.split(',').map((part) => withoutScheme(part.trim()))
  if (!addresses.every(isAddress))
    throw new Error(
      `${label} ${source} is not an address; expected ${serviceScheme}HOST:PORT, e.g. ${serviceScheme}127.0.0.1:7003, ` +
        `or the addresses of several replicas: ${serviceScheme}HOST:PORT,HOST:PORT`,
    )
  const twice = addresses.find((address, i) => addresses.indexOf(address) < i)
  if (twice === undefined) return addresses
  throw new Error(`${label} ${source} has ${twice} twice: each replica has an address of its own`)
}

const withoutScheme = (text: string) => (isService(text) ? text.slice(serviceScheme.length) : text)

/** Returns the source of a service with these replicas. */
export const toServiceSource = (addresses: readonly string[]): string => `${serviceScheme}${addresses.join(',')}`

/** Whether a text is `host:port`, with a port from 1 to 65535. */
export function isAddress(text: string): boolean {
  const port = Number(addressPattern.exec(text)?.[1])
  return port >= 1 && port <= 65_535
}
