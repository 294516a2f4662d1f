import { z } from 'zod'

/** A network address as `host:port` or `[IPv6]:port`. */
export const addressPattern = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/

/** The address that a process listens on. Port 0 takes a free port. */
export const listenSchema = z.string().regex(addressPattern, {
  error: ({ input }) => `is "${input}": expected host:port, e.g. 127.0.0.1:7001 or [::1]:7001`,
})
