import { hostname } from 'node:os'
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { version } from './version.js'

/** Returns what this process says about itself in its spans and metrics. */
export const describeProcess = (serviceName: string): Resource =>
  defaultResource().merge(
    resourceFromAttributes({
      'service.name': serviceName,
      'service.version': version,
      'host.name': hostname(),
      'process.pid': process.pid,
    }),
  )
