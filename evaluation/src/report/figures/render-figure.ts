import type { Figure } from './figure.js'

/** The figure as SVG, in the light colours. */
export async function renderSvg({ spec }: Figure): Promise<string> {
  // Loaded when the first figure is drawn: the libraries take half a second.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  // Warnings are advice for the author of a figure, not for the reader of a report.
  const logger = vega.logger(vega.Error)
  const view = new vega.View(vega.parse(compile(spec, { logger }).spec), { renderer: 'none', logger })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

/** Pixels of a PNG for each unit of the SVG. */
const scale = 2

/**
 * Renders an SVG as PNG.
 * @returns null if this machine has no fonts, because texts would be missing
 */
export async function renderPng(svg: string): Promise<Uint8Array | null> {
  const { Resvg } = await import('@resvg/resvg-js')
  const probe = new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">M</text></svg>')
  if (!probe.getBBox()) return null
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: scale } }).render().asPng()
}
