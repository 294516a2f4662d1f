/** The forms of a load test. */
export const profileNames = ['smoke', 'steady', 'ramp', 'spike', 'soak'] as const
/** The name of a form of a load test. */
export type ProfileName = (typeof profileNames)[number]

/** The values of options that differ by profile. */
export interface Profile {
  /** What the profile does, in one line. */
  readonly what: string
  /** Arrivals per second; ramp: the first rate; spike: the rate before the spike. */
  readonly rate: number
  /** Clients of a closed loop, instead of the rate. Null: an open loop. */
  readonly clients: number | null
  /** The measured window, in seconds: the least of each rate of a ramp, of the spike itself. */
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Tokens of each answer. */
  readonly tokens: number
  /** Seconds of load on each route that does not stream. 0: none. */
  readonly routeSeconds: number
}

/** The profiles by name. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  smoke: {
    what: 'all parts once, in less than a minute: does the stack answer under a little load?',
    rate: 1,
    clients: 2,
    seconds: 10,
    warmUpSeconds: 2,
    tokens: 8,
    routeSeconds: 2,
  },
  steady: {
    what: 'one rate of arrivals for a minute',
    rate: 1,
    clients: null,
    seconds: 60,
    warmUpSeconds: 10,
    tokens: 32,
    routeSeconds: 10,
  },
  ramp: {
    what: 'a higher rate each time until the stack is saturated, at most ten rates',
    rate: 0.5,
    clients: null,
    seconds: 30,
    warmUpSeconds: 5,
    tokens: 32,
    routeSeconds: 0,
  },
  spike: {
    what: 'a rate, ten times the rate, and the rate again',
    rate: 0.5,
    clients: null,
    seconds: 20,
    warmUpSeconds: 5,
    tokens: 32,
    routeSeconds: 0,
  },
  soak: {
    what: 'one rate for ten minutes, reported in ten parts',
    rate: 0.5,
    clients: null,
    seconds: 600,
    warmUpSeconds: 30,
    tokens: 32,
    routeSeconds: 0,
  },
}
