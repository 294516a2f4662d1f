import { colours } from '../figures/palette.js'

const variables = (theme: 'light' | 'dark'): string =>
  colours.map((colour) => `--${colour.name}:${colour[theme]}`).join(';')

/** The style sheet of HTML reports: no fonts or images from elsewhere, light and dark. */
export const styleSheet = `
:root{color-scheme:light dark;${variables('light')}}
@media (prefers-color-scheme:dark){:root{${variables('dark')}}}
@media print{:root{${variables('light')}}}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,Helvetica,Arial,sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 1rem}
h2{font-size:1.15rem;margin:2.5rem 0 .3rem}
p,figcaption,.notes{color:var(--muted);max-width:46rem;margin:.3rem 0 .8rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:0 0 1rem}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem}
th,td{padding:.3rem .9rem .3rem 0;text-align:left;border-bottom:1px solid var(--grid);white-space:nowrap}
th{color:var(--muted);font-weight:500}
.number{text-align:right}
.interval{color:var(--muted);font-size:.85em}
.warning{border-left:3px solid var(--series-2);padding-left:.8rem;color:var(--ink)}
figure{margin:0}svg{max-width:100%;height:auto}
`
