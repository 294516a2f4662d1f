import { escapeHtml } from '@tandem/process'
import { type Axis, axisOf } from './axis.js'
import type { Plot, PlotSeries, Point } from './plot.js'

const size = { width: 640, height: 320 }
const area = { left: 60, right: 20, top: 34, bottom: 46 }
const colours = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed']
/** Dots of a series that are drawn: more of them hide each other and make the file large. */
const mostPoints = 2000

/** Draws a plot as SVG. */
export function plotSvg({ title, xLabel, yLabel, series }: Plot): string {
  const points = series.flatMap((one) => one.points)
  const x = axisOf(points.reduce((most, [value]) => Math.max(most, value), 0))
  const y = axisOf(points.reduce((most, [, value]) => Math.max(most, value), 0))
  const { width, height } = size
  const middle = width / 2
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">`,
    `<text class="title" x="${middle}" y="16" text-anchor="middle">${escapeHtml(title)}</text>`,
    ...x.marks.map((mark) => xMark(mark, x)),
    ...y.marks.map((mark) => yMark(mark, y)),
    `<text x="${middle}" y="${height - 8}" text-anchor="middle">${escapeHtml(xLabel)}</text>`,
    `<text transform="translate(14 ${height / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text>`,
    ...series.flatMap((one, i) => [draw(one, x, y, colourOf(i)), legend(one, i)]),
    '</svg>',
  ].join('\n')
}

const colourOf = (index: number): string => colours[index % colours.length] ?? ''
const xOf = (value: number, { end }: Axis): number =>
  round(area.left + (value / end) * (size.width - area.left - area.right))
const yOf = (value: number, { end }: Axis): number =>
  round(size.height - area.bottom - (value / end) * (size.height - area.top - area.bottom))
const round = (value: number): number => Math.round(10 * value) / 10

function xMark(mark: number, axis: Axis): string {
  const [x, bottom] = [xOf(mark, axis), size.height - area.bottom]
  return `<path class="grid" d="M${x} ${area.top}V${bottom}"/><text x="${x}" y="${bottom + 16}" text-anchor="middle">${mark}</text>`
}

function yMark(mark: number, axis: Axis): string {
  const y = yOf(mark, axis)
  return `<path class="grid" d="M${area.left} ${y}H${size.width - area.right}"/><text x="${area.left - 6}" y="${y + 4}" text-anchor="end">${mark}</text>`
}

function draw({ style, points }: PlotSeries, x: Axis, y: Axis, colour: string): string {
  const every = Math.ceil(points.length / mostPoints)
  const placed = points.filter((_, i) => i % every === 0).map(([px, py]: Point): Point => [xOf(px, x), yOf(py, y)])
  if (style === 'dots')
    return placed.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2" fill="${colour}"/>`).join('')
  return `<polyline points="${placed.map((point) => point.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`
}

function legend({ name }: PlotSeries, index: number): string {
  const y = area.top + 12 + 16 * index
  return `<text x="${area.left + 10}" y="${y}" fill="${colourOf(index)}">${escapeHtml(name)}</text>`
}
