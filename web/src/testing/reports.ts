/** Reports for tests; each takes what differs. */

import type { PreviewColumn, Reconciliation, ReportPreview, ReportSchedule } from '../api/reports';
import type { ReportRun } from '../api/types';

export function run(part: Partial<ReportRun> = {}): ReportRun {
  return {
    report: 'daily-queues',
    title: 'Queues, by day',
    grain: 'day',
    period: '2026-03-08',
    day: '2026-03-08',
    revision: 1,
    state: 'published',
    isProvisional: false,
    builtAt: '2026-03-09T06:05:00.000Z',
    files: [],
    manifestUrl: null,
    ...part,
  };
}

const key = (name: string, type: PreviewColumn['type'] = 'text'): PreviewColumn => ({ name, type, role: 'key' });
const metric = (name: string, type: PreviewColumn['type'] = 'whole'): PreviewColumn => ({ name, type, role: 'metric' });

export const QUEUE_COLUMNS: PreviewColumn[] = [
  key('day', 'day'),
  key('queue_id'),
  key('channel'),
  { name: 'queue_name', type: 'text', role: 'detail' },
  metric('contacts'),
  metric('abandonment_rate', 'decimal'),
];

export const INTERVAL_COLUMNS: PreviewColumn[] = [key('day', 'day'), key('interval', 'moment'), metric('contacts')];

export function preview(part: Partial<ReportPreview> = {}): ReportPreview {
  return {
    report: 'daily-queues',
    title: 'Queues, by day',
    period: '2026-03-08',
    revision: 1,
    isProvisional: false,
    columns: QUEUE_COLUMNS,
    rows: [
      ['2026-03-08', 'q-1', 'VOICE', 'Sales', '12', '8.33'],
      ['2026-03-08', 'q-1', 'CHAT', 'Sales', '3', ''],
      ['2026-03-08', 'q-2', 'VOICE', 'الدعم', '7', '0.00'],
    ],
    rowCount: 3,
    changedCount: null,
    changedRows: [],
    ...part,
  };
}

export function schedule(part: Partial<ReportSchedule> = {}): ReportSchedule {
  return {
    report: 'daily-queues',
    title: 'Queues, by day',
    grain: 'day',
    zone: 'America/New_York',
    due: '02:00',
    formats: ['csv', 'parquet'],
    nextPeriod: '2026-03-09',
    nextDueAt: '2026-03-10T06:00:00.000Z',
    late: [],
    lastPeriod: '2026-03-08',
    lastRevision: 2,
    lastBuiltAt: '2026-03-09T06:05:00.000Z',
    ...part,
  };
}

export function reconciliation(part: Partial<Reconciliation> = {}): Reconciliation {
  return {
    day: '2026-03-08',
    at: '2026-03-09T05:00:00.000Z',
    contacts: 1_000,
    goingOn: 0,
    records: 1_000,
    recorded: 812,
    segments: 1_037,
    missing: [],
    ...part,
  };
}
