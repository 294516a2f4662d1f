const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
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

const directives: Readonly<Record<string, (time: Date) => string>> = {
  Y: (time) => String(time.getFullYear()),
  y: (time) => pad(time.getFullYear() % 100),
  m: (time) => pad(time.getMonth() + 1),
  d: (time) => pad(time.getDate()),
  e: (time) => String(time.getDate()).padStart(2),
  B: (time) => months[time.getMonth()] ?? '',
  b: (time) => (months[time.getMonth()] ?? '').slice(0, 3),
  A: (time) => days[time.getDay()] ?? '',
  a: (time) => (days[time.getDay()] ?? '').slice(0, 3),
  H: (time) => pad(time.getHours()),
  I: (time) => pad(hour12(time)),
  M: (time) => pad(time.getMinutes()),
  S: (time) => pad(time.getSeconds()),
  p: (time) => (time.getHours() < 12 ? 'AM' : 'PM'),
  F: (time) => formatTime(time, '%Y-%m-%d'),
  T: (time) => formatTime(time, '%H:%M:%S'),
  '%': () => '%',
}

/**
 * Formats a time like Python's `strftime`, in the C locale and local time. `%-d` omits leading
 * zeros; unknown directives stay unchanged.
 */
export function formatTime(time: Date, format: string): string {
  return format.replace(/%(-?)([A-Za-z%])/g, (directive, dash: string, letter: string) => {
    const value = directives[letter]?.(time)
    if (value === undefined) return directive
    return dash === '' ? value : value.replace(/^[0 ]+(?=.)/, '')
  })
}
