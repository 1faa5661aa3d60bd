import { expect, test } from 'vitest';
import { INTERVAL_COLUMNS, preview } from '../testing/reports';
import { cellText, chartOf, domainOf, drawable, keyText, tickText, widthOf } from './preview';

test('an empty cell is no number, and never 0', () => {
  expect(['', undefined, '0', '0.00', 'الدعم', ' '].map(cellText)).toEqual(['–', '–', '0', '0.00', 'الدعم', ' ']);
});

test('a column is as wide as what stands in it, within reason', () => {
  expect(widthOf('day', ['2026-03-08'])).toBe(125);
  expect(widthOf('n', [''])).toBe(90);
  expect(widthOf('queue_id', ['agent:60292d70-698c-4636-a8e9-a7fb606afdcc'])).toBe(320);
});

test('only columns of numbers can be drawn', () => {
  expect(drawable(preview())).toEqual(['contacts', 'abandonment_rate']);
  expect(drawable(preview({ columns: INTERVAL_COLUMNS.slice(0, 2) }))).toEqual([]);
});

test('a chart stands over the first key that differs, with a series for each other key, under names', () => {
  expect(chartOf(preview(), 'contacts')).toEqual({
    kind: 'bar',
    over: 'queue_id',
    series: [
      { title: 'VOICE', points: [{ x: 'Sales', y: 12 }, { x: 'الدعم', y: 7 }] },
      { title: 'CHAT', points: [{ x: 'Sales', y: 3 }] },
    ],
    left: 0,
  });
});

test('an empty cell has no point', () => {
  const chart = chartOf(preview(), 'abandonment_rate');

  expect(chart?.series).toEqual([{ title: 'abandonment_rate', points: [{ x: 'Sales', y: 8.33 }, { x: 'الدعم', y: 0 }] }]);
});

test('moments are joined by a line, in their order', () => {
  const rows = [
    ['2026-03-08', '2026-03-08T06:30:00Z', '2'],
    ['2026-03-08', '2026-03-08T06:00:00Z', '4'],
  ];
  const chart = chartOf(preview({ columns: INTERVAL_COLUMNS, rows }), 'contacts')!;

  expect(chart.kind).toBe('line');
  expect(domainOf(chart)).toEqual(['2026-03-08T06:00:00Z', '2026-03-08T06:30:00Z']);
});

test('one row is drawn over its last key', () => {
  const chart = chartOf(preview({ rows: [['2026-03-08', 'q-1', 'VOICE', 'Sales', '12', '']] }), 'contacts');

  expect(chart).toMatchObject({ over: 'channel', series: [{ title: 'contacts', points: [{ x: 'VOICE', y: 12 }] }] });
});

test('of many series the first are drawn and the others are counted', () => {
  const rows = Array.from({ length: 24 }, (_, n) => ['2026-03-08', `q-${n % 2}`, `channel ${Math.floor(n / 2)}`, '', '1', '']);
  const chart = chartOf(preview({ rows }), 'contacts')!;

  expect([chart.series.length, chart.left]).toEqual([8, 4]);
});

test('without numbers there is nothing to draw', () => {
  expect(chartOf(preview({ rows: [] }), 'contacts')).toBeNull();
  expect(chartOf(preview(), 'nothing of this name')).toBeNull();
});

test('a changed row is named by its keys', () => {
  expect(keyText({ kind: 'changed', key: { day: '2026-03-08', queue_id: '' }, columns: {} })).toBe('2026-03-08, –');
});

test('a moment is short along the bottom, and all else is told whole', () => {
  expect(['2026-03-08T06:30:00Z', 'Sales', '2026-03-08'].map(tickText)).toEqual(['06:30Z', 'Sales', '2026-03-08']);
});
