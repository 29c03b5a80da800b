// Charts of stacked bars. uPlot draws them on a canvas; a text and a legend of the page say what they show.
import {text} from '../shared/language.js';
import {html} from '../shared/lit.js';

const HEIGHT = 200;
const LABELS = 6;
/** The width that a label needs, in pixels. */
const LABEL_WIDTH = 70;
/** Distances of the lines behind counts. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000];
const charts = new Map();
let library = null;

/**
 * A place for a chart, which `drawChart` draws.
 *
 * @param summary what the chart shows, in words
 */
export function chart(id, summary) {
  return html`<div class="chart"><div class="plot" id=${id} role="img" aria-label=${summary}></div><p class="at soft" id="${id}-at" aria-hidden="true"></p></div>`;
}

/** The names of the series with their colors. */
export function legend(names) {
  return html`<ul class="legend">${names.map(([name, label]) => html`<li><span class="swatch ${name}"></span>${label}</li>`)}</ul>`;
}

/**
 * Draws a chart, or draws it again if something has changed.
 *
 * @param bars the label of each bar
 * @param series `{name, color, values}`, the lowest part of each bar first
 * @param describe returns what a bar shows, in words
 * @param whole whether the values are counts
 */
export async function drawChart(id, {bars, series, describe, whole = false}) {
  library ??= import('../lib/uplot/dist/uPlot.esm.js');
  const {default: Plot} = await library;
  const place = document.getElementById(id);
  if (!place) return;
  const known = charts.get(id);
  const colors = series.map(({color}) => token(color));
  const form = JSON.stringify([bars.length, colors]);
  const state = JSON.stringify([form, bars, series]);
  if (known?.place === place && known.form === form) {
    Object.assign(known, {bars, describe});
    if (known.state !== state) known.plot.setData(stacked(series));
    known.state = state;
    return;
  }
  known?.end();
  const drawn = {place, form, state, bars, describe, whole};
  drawn.plot = new Plot(options(Plot, drawn, place, colors), stacked(series), place);
  const resized = new ResizeObserver(() => drawn.plot.setSize({width: place.clientWidth, height: HEIGHT}));
  resized.observe(place);
  drawn.end = () => {
    resized.disconnect();
    drawn.plot.destroy();
  };
  charts.set(id, drawn);
}

/** Ends charts, when their screen is closed. */
export function endCharts(...ids) {
  for (const id of ids) {
    charts.get(id)?.end();
    charts.delete(id);
  }
}

const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The sums up to each part, the highest sum first: a lower one is drawn over it. */
function stacked(series) {
  const sums = [];
  series.forEach(({values}, at) => sums.push(values.map((value, bar) => value + (at > 0 ? sums[at - 1][bar] : 0))));
  return [series[0].values.map((_, bar) => bar), ...sums.toReversed()];
}

function options(Plot, drawn, place, colors) {
  const bars = Plot.paths.bars({size: [0.72, 48]});
  const axis = {stroke: token('--soft'), font: `12px ${getComputedStyle(document.body).fontFamily}`, grid: {stroke: token('--line'), width: 1}, ticks: {show: false}};
  const count = drawn.bars.length;
  const step = plot => Math.max(1, Math.ceil(count / Math.min(LABELS, Math.max(2, Math.floor(plot.width / LABEL_WIDTH)))));
  return {
    width: place.clientWidth, height: HEIGHT, legend: {show: false}, padding: [20, 26, 0, 0],
    cursor: {y: false, points: {show: false}, drag: {x: false, y: false}},
    scales: {x: {time: false, range: [-0.5, count - 0.5]}, y: {range: (plot, least, most) => [0, most > 0 ? most * 1.08 : 1]}},
    axes: [
      {...axis, grid: {show: false}, size: 28, splits: plot => drawn.bars.map((_, bar) => bar).filter(bar => (count - 1 - bar) % step(plot) === 0),
        values: (plot, splits) => splits.map(bar => drawn.bars[bar])},
      {...axis, size: 52, ...(drawn.whole ? {incrs: WHOLE} : {})}
    ],
    series: [{}, ...colors.toReversed().map(color => ({fill: color, width: 0, paths: bars, points: {show: false}}))],
    hooks: {setCursor: [({cursor}) => {
      const at = document.getElementById(`${place.id}-at`);
      if (at) at.textContent = cursor.idx == null ? '' : drawn.describe(cursor.idx);
    }]}
  };
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => endCharts(...charts.keys()));

/** Parts of a text with their numbers: “3 succeeded, 1 failed”. */
export function counts(parts) {
  const some = parts.filter(([, value]) => value > 0);
  return some.length === 0 ? text('chart.none') : some.map(([label, value]) => `${value} ${label}`).join(', ');
}
