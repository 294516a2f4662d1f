import type { Session } from '../../session/contract/session.js'

/** The sessions of one sequence, by model name. It holds only the models that the request needs. */
export type ModelSessions = ReadonlyMap<string, Session>
