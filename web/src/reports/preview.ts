/** What of a report's preview is shown, and what a chart draws of it. */

import type { PreviewColumn, ReportPreview, RowChange } from '../api/reports';

export const EMPTY_CELL = '–';
const MOST_SERIES = 8; // more colours nobody tells apart

/** A cell as it is read: what is empty is no number, and never 0. */
export function cellText(cell: string | undefined): string {
  return cell === undefined || cell === '' ? EMPTY_CELL : cell;
}

const LEAST_WIDTH = 90;
const MOST_WIDTH = 320;
const CHARACTER = 8.5; // pixels, of a digit and a letter on average

/** Pixels that a column takes so that what stands in it stays on a line; what is very long is broken. */
export function widthOf(name: string, cells: readonly string[]): number {
  const longest = Math.max(name.length, ...cells.map((cell) => cell.length));
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, Math.ceil(longest * CHARACTER) + 40));
}

export function isNumber({ type }: PreviewColumn): boolean {
  return type === 'whole' || type === 'decimal' || type === 'amount';
}

/** The columns that can be drawn, in their order. */
export function drawable(preview: ReportPreview): string[] {
  return preview.columns.filter((column) => column.role === 'metric' && isNumber(column)).map(({ name }) => name);
}

export interface Point {
  x: string;
  y: number;
}

export interface Series {
  title: string;
  points: Point[];
}

export interface Chart {
  /** Moments are joined by lines, all else stands side by side. */
  kind: 'line' | 'bar';
  /** The column along the bottom. */
  over: string;
  series: Series[];
  /** How many series there are beside those that are drawn. */
  left: number;
}

/**
 * One column over the first key that has several values, a series for each combination of the other such keys.
 *
 * A row whose cell is empty has no point. null: there is nothing to draw.
 */
export function chartOf(preview: ReportPreview, metric: string): Chart | null {
  const at = preview.columns.findIndex(({ name }) => name === metric);
  const rows = preview.rows.filter((row) => hasNumber(row, at));
  const [over, ...others] = differing(preview, rows);
  const column = preview.columns[over ?? -1];
  if (over === undefined || column === undefined || rows.length === 0) return null;
  const series = new Map<string, Point[]>();
  for (const row of rows) {
    const title = others.map((n) => labelOf(preview, row, n)).join(' · ') || metric;
    series.set(title, [...(series.get(title) ?? []), { x: labelOf(preview, row, over), y: Number(row[at]) }]);
  }
  const all = [...series].map(([title, points]) => ({ title, points }));
  return {
    kind: IN_TIME.includes(column.type) ? 'line' : 'bar',
    over: column.name,
    series: all.slice(0, MOST_SERIES),
    left: Math.max(0, all.length - MOST_SERIES),
  };
}

const IN_TIME: readonly PreviewColumn['type'][] = ['moment', 'day'];

/** Every value along the bottom, once, in the order of the rows. */
export function domainOf({ series, kind }: Chart): string[] {
  const all = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  return kind === 'line' ? all.sort((a, b) => a.localeCompare(b)) : all;
}

/** A value along the bottom, short enough to stand there: of a moment its time, in UTC as in the file. */
export function tickText(x: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(x) ? `${x.slice(11, 16)}Z` : x;
}

/** The key columns of which these rows have several values; where none has, the last one. */
function differing({ columns }: ReportPreview, rows: readonly string[][]): number[] {
  const keys = columns.flatMap(({ role }, n) => (role === 'key' ? [n] : []));
  const found = keys.filter((n) => new Set(rows.map((row) => row[n])).size > 1);
  return found.length > 0 ? found : keys.slice(-1);
}

function hasNumber(row: readonly string[], at: number): boolean {
  const cell = row[at] ?? '';
  return cell !== '' && Number.isFinite(Number(cell));
}

/** The name beside an id, where the report has one: `queue_name` of `queue_id`, `username` of `agent_id`. */
function labelOf({ columns }: ReportPreview, row: readonly string[], key: number): string {
  const stem = columns[key]?.name.replace(/_id$/, '') ?? '';
  const names = stem === 'agent' ? ['agent_name', 'username'] : [`${stem}_name`];
  const named = columns.findIndex(({ name, role }) => role === 'detail' && names.includes(name));
  return cellText(row[named] || row[key]);
}

/** `2026-03-08, q-1, VOICE`: which row was changed. */
export function keyText({ key }: RowChange): string {
  return Object.values(key).map(cellText).join(', ');
}
