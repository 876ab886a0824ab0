/** A live chart: the newest value in figures, lines over the last minutes, and the same as a table. */

import uPlot from './vendor/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.esm.js';
import { fill, h, table } from './dom.js';
import { time } from './format.js';
import { columns } from './samples.js';

const HEIGHT = 132;
const TABLE_ROWS = 12;

/** So the lines do not jump when there are few samples. */
const LEAST_SECONDS = 60;

const steps = (ones, base) => Array.from({ length: 14 }, (none, power) => ones.map((one) => one * base ** power)).flat();

/** The steps of an axis for what is counted, and for bytes. */
export const WHOLE = steps([1, 2, 5], 10);
export const BINARY = steps([1, 4, 16, 64, 256], 1024);

let charts = 0;

export class Chart {
  #lines;
  #shown;
  #steps;
  #plot;
  #values;
  #table;
  #details;
  #holder;
  #watching;

  /**
   * @param {string} title
   * @param {{column: string, label: string, kind: 1|2|3|4}[]} lines kind is that of the colour
   * @param {(value: number) => string} shown a value with its unit
   * @param {number[]} [steps] of the axis; null for any
   */
  constructor(title, lines, shown, steps = null) {
    this.#lines = lines;
    this.#shown = shown;
    this.#steps = steps;
    const id = `chart-${charts++}`;
    this.#values = h('div.values');
    this.#holder = h('div.plot', { 'aria-hidden': 'true' });
    this.#table = h('div');
    this.#details = h('details', { toggle: () => this.update() }, h('summary', null, 'As a table'), this.#table);
    this.element = h(
      'figure.card.chart',
      { role: 'group', 'aria-labelledby': id },
      h('figcaption', null, h('h2', { id }, title)),
      this.#values,
      this.#holder,
      this.#details,
    );
  }

  /** Begins to draw: the element is in the page now. */
  begin() {
    this.#make();
    this.#watching = new ResizeObserver(() => {
      const width = this.#holder.clientWidth;
      if (width > 0 && width !== this.#plot.width) {
        this.#plot.setSize({ width, height: HEIGHT });
      }
    });
    this.#watching.observe(this.#holder);
    this.update();
  }

  /** Draws anew, in the colours that count now. */
  repaint() {
    this.#plot.destroy();
    this.#make();
  }

  update() {
    if (!this.#plot) {
      return;
    }
    this.#plot.setData(this.#data());
    fill(
      this.#values,
      this.#lines.map(({ column, label, kind }) => {
        const value = columns[column].at(-1);
        return h(
          'div.value',
          { 'data-line': kind },
          h('span.label', null, label),
          h('strong', null, value === null || value === undefined ? '–' : this.#shown(value)),
        );
      }),
    );
    if (this.#details.open) {
      fill(this.#table, this.#rows());
    }
  }

  end() {
    this.#watching?.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #data() {
    return [columns.at, ...this.#lines.map(({ column }) => columns[column])];
  }

  /** What the axis shows: at least a minute, up to the last sample. */
  #seconds() {
    const most = columns.at.at(-1) ?? Date.now() / 1000;
    return [Math.min(columns.at[0] ?? most, most - LEAST_SECONDS), most];
  }

  #rows() {
    const first = Math.max(0, columns.at.length - TABLE_ROWS);
    const rows = columns.at.slice(first).map((at, index) => ({ at, index: first + index })).reverse();
    const cells = this.#lines.map(({ column, label }) => ({
      title: label,
      number: true,
      cell: ({ index }) => (columns[column][index] === null ? '–' : this.#shown(columns[column][index])),
    }));
    const title = this.element.querySelector('h2').textContent;
    return table(title, [{ title: 'Time', cell: ({ at }) => time(at * 1000) }, ...cells], rows, 'Nothing was measured yet.');
  }

  #make() {
    const style = getComputedStyle(document.documentElement);
    const colour = (variable) => style.getPropertyValue(variable).trim();
    const font = '11px system-ui, sans-serif';
    const axis = { stroke: colour('--muted'), font, ticks: { show: false } };
    this.#plot = new uPlot(
      {
        width: Math.max(120, this.#holder.clientWidth),
        height: HEIGHT,
        cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
        legend: { show: false },
        padding: [8, 22, 0, 0],
        scales: {
          x: { range: () => this.#seconds() },
          y: { range: (plot, least, most) => [0, Math.max(1, (most ?? 0) * 1.15)] },
        },
        axes: [
          { ...axis, size: 22, space: 70, grid: { show: false }, values: (plot, ticks) => ticks.map((tick) => time(tick * 1000)) },
          { ...axis, size: 54, space: 36, ...(this.#steps && { incrs: this.#steps }), grid: { stroke: colour('--line'), width: 1 }, values: (plot, ticks) => ticks.map(this.#shown) },
        ],
        series: [
          {},
          ...this.#lines.map(({ label, kind }) => ({
            label,
            stroke: colour(`--line-${kind}`),
            fill: this.#lines.length === 1 ? `${colour(`--line-${kind}`)}22` : undefined,
            width: 2,
            points: { show: false },
          })),
        ],
      },
      this.#data(),
      this.#holder,
    );
  }
}
