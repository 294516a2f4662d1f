import type { Session } from '../../session/session.js'

/** The sessions of a request by model, those alone that it needs. */
export type Sessions = ReadonlyMap<string, Session>
