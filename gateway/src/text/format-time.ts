const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')
const hour12 = (time: Date): number => time.getHours() % 12 || 12

const DIRECTIVES: Readonly<Record<string, (time: Date) => string>> = {
  Y: (time) => String(time.getFullYear()),
  y: (time) => pad(time.getFullYear() % 100),
  m: (time) => pad(time.getMonth() + 1),
  d: (time) => pad(time.getDate()),
  e: (time) => String(time.getDate()).padStart(2),
  B: (time) => MONTHS[time.getMonth()] ?? '',
  b: (time) => (MONTHS[time.getMonth()] ?? '').slice(0, 3),
  A: (time) => DAYS[time.getDay()] ?? '',
  a: (time) => (DAYS[time.getDay()] ?? '').slice(0, 3),
  H: (time) => pad(time.getHours()),
  I: (time) => pad(hour12(time)),
  M: (time) => pad(time.getMinutes()),
  S: (time) => pad(time.getSeconds()),
  p: (time) => (time.getHours() < 12 ? 'AM' : 'PM'),
  F: (time) => formatTime(time, '%Y-%m-%d'),
  T: (time) => formatTime(time, '%H:%M:%S'),
  '%': () => '%',
}

/** Python's `strftime` in the C locale and local time; `%-d` leaves leading zeros out. An unknown directive stays as it is. */
export function formatTime(time: Date, format: string): string {
  return format.replace(/%(-?)([A-Za-z%])/g, (directive, dash: string, letter: string) => {
    const value = DIRECTIVES[letter]?.(time)
    if (value === undefined) return directive
    return dash === '' ? value : value.replace(/^[0 ]+(?=.)/, '')
  })
}
