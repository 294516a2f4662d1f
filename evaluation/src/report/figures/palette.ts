/** A colour of figures, for light and dark pages. SVG files have the light one. */
export interface Colour {
  readonly name: string
  readonly light: string
  readonly dark: string
}

/** Colours of lines and bars, in their order. They differ for colour-blind readers too. */
export const seriesColours: readonly Colour[] = [
  { name: 'series-1', light: '#2563eb', dark: '#7aa7ff' },
  { name: 'series-2', light: '#c2570c', dark: '#ff9d5c' },
  { name: 'series-3', light: '#0f766e', dark: '#4fd1c0' },
  { name: 'series-4', light: '#a21caf', dark: '#ee8bf5' },
  { name: 'series-5', light: '#854d0e', dark: '#e3bd5a' },
  { name: 'series-6', light: '#475569', dark: '#aab8cc' },
]

/** Colours of everything else. */
export const baseColours = {
  paper: { name: 'paper', light: '#fdfdfc', dark: '#16181d' },
  ink: { name: 'ink', light: '#1b1f27', dark: '#e9ebf0' },
  muted: { name: 'muted', light: '#596273', dark: '#a5adbb' },
  grid: { name: 'grid', light: '#dfe3e9', dark: '#333a46' },
} satisfies Record<string, Colour>

/** All colours. */
export const colours: readonly Colour[] = [...Object.values(baseColours), ...seriesColours]

/** Replaces the colours of an SVG by variables of the page's style sheet. */
export const useVariables = (svg: string): string =>
  colours.reduce((text, { name, light }) => text.replaceAll(light, `var(--${name})`), svg)
