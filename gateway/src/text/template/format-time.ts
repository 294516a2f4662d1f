const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November'],
  'December',
]

const pad = (value: number, width = 2, fill = '0'): string => String(value).padStart(width, fill)
const hour12 = (time: Date): number => time.getHours() % 12 || 12

/** Days since the first of January. */
function dayOfYear(time: Date): number {
  return (
    (Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) - Date.UTC(time.getFullYear(), 0, 1)) / 86_400_000
  )
}

/** The week of the year, if weeks begin on a day of the week. */
function weekOfYear(time: Date, firstDay: number): number {
  return Math.floor((dayOfYear(time) + 7 - ((time.getDay() - firstDay + 7) % 7)) / 7)
}

/** The year and the week of ISO 8601: the week of the Thursday. */
function isoWeek(time: Date): { year: number; week: number } {
  const thursday = new Date(time.getFullYear(), time.getMonth(), time.getDate() - ((time.getDay() + 6) % 7) + 3)
  return { year: thursday.getFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 }
}

const directives: Readonly<Record<string, (time: Date) => string>> = {
  Y: (time) => String(time.getFullYear()),
  C: (time) => pad(Math.floor(time.getFullYear() / 100)),
  y: (time) => pad(time.getFullYear() % 100),
  m: (time) => pad(time.getMonth() + 1),
  d: (time) => pad(time.getDate()),
  e: (time) => pad(time.getDate(), 2, ' '),
  j: (time) => pad(dayOfYear(time) + 1, 3),
  B: (time) => months[time.getMonth()] ?? '',
  b: (time) => (months[time.getMonth()] ?? '').slice(0, 3),
  h: (time) => (months[time.getMonth()] ?? '').slice(0, 3),
  A: (time) => days[time.getDay()] ?? '',
  a: (time) => (days[time.getDay()] ?? '').slice(0, 3),
  w: (time) => String(time.getDay()),
  u: (time) => String(time.getDay() || 7),
  U: (time) => pad(weekOfYear(time, 0)),
  W: (time) => pad(weekOfYear(time, 1)),
  V: (time) => pad(isoWeek(time).week),
  G: (time) => String(isoWeek(time).year),
  g: (time) => pad(isoWeek(time).year % 100),
  H: (time) => pad(time.getHours()),
  k: (time) => pad(time.getHours(), 2, ' '),
  I: (time) => pad(hour12(time)),
  l: (time) => pad(hour12(time), 2, ' '),
  M: (time) => pad(time.getMinutes()),
  S: (time) => pad(time.getSeconds()),
  f: (time) => pad(time.getMilliseconds() * 1000, 6),
  s: (time) => String(Math.floor(time.getTime() / 1000)),
  p: (time) => (time.getHours() < 12 ? 'AM' : 'PM'),
  P: (time) => (time.getHours() < 12 ? 'am' : 'pm'),
  F: (time) => formatTime(time, '%Y-%m-%d'),
  D: (time) => formatTime(time, '%m/%d/%y'),
  x: (time) => formatTime(time, '%m/%d/%y'),
  T: (time) => formatTime(time, '%H:%M:%S'),
  X: (time) => formatTime(time, '%H:%M:%S'),
  R: (time) => formatTime(time, '%H:%M'),
  r: (time) => formatTime(time, '%I:%M:%S %p'),
  c: (time) => formatTime(time, '%a %b %e %H:%M:%S %Y'),
  // `datetime.now()` has no time zone.
  z: () => '',
  Z: () => '',
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
}

/**
 * Formats a time like Python's `strftime` on Linux, in the C locale and local time. `%-d` omits
 * leading zeros; unknown directives stay unchanged, as there.
 */
export function formatTime(time: Date, format: string): string {
  return format.replace(/%([-_0^]?)([A-Za-z%])/g, (directive, flag: string, letter: string) => {
    const value = directives[letter]?.(time)
    if (value === undefined) return directive
    const isKept = letter === 'P' || (unchanged.has(letter) && flag !== '^')
    return isKept ? value : applyFlag(value, flag)
  })
}

/** Directives of several parts, whose zeros stay. */
const unchanged = new Set('DxTXRrc')

function applyFlag(value: string, flag: string): string {
  if (flag === '^') return value.toUpperCase()
  if (flag === '-') return value.replace(/^[0 ]+(?=.)/, '')
  if (flag === '_') return value.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
  return flag === '0' ? value.replace(/^ +/, (spaces) => '0'.repeat(spaces.length)) : value
}
