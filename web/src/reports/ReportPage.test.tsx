import createWrapper from '@cloudscape-design/components/test-utils/dom';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Reconciliation, ReportPreview } from '../api/reports';
import type { ReportRun } from '../api/types';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { preview, reconciliation, run, schedule } from '../testing/reports';
import { ReportPage } from './ReportPage';
import { ReportsPage } from './ReportsPage';
import { SchedulesPage } from './SchedulesPage';

/** The server's side of reports. */
class Server {
  runs: ReportRun[] = [run()];
  previews: Record<string, ReportPreview> = { '1': preview() };
  schedules = [schedule()];
  reconciliation: Reconciliation | null = reconciliation();
  refusal: { status: number; body: unknown } | null = null;
  readonly asked: string[] = [];

  answer = (method: string, path: string): { status?: number; body: unknown } => {
    this.asked.push(`${method} ${path}`);
    if (path.startsWith('/v1/reconciliations')) return this.reconciled(method);
    if (method === 'POST') return this.refusal ?? { status: 202, body: { runs: this.runs } };
    if (path === '/v1/report-schedules') return { body: { schedules: this.schedules } };
    if (path.includes('/preview')) return this.preview(path);
    return { body: { runs: this.runs } };
  };

  reconciled(method: string): { status?: number; body: unknown } {
    if (method === 'POST') return this.refusal ?? { status: 202, body: {} };
    return this.reconciliation ? { body: this.reconciliation } : { status: 404, body: { message: 'nobody has looked' } };
  }

  preview(path: string): { status?: number; body: unknown } {
    const found = this.previews[new URLSearchParams(path.split('?')[1]).get('revision') ?? ''];
    return found ? { body: found } : { status: 404, body: { message: 'not published' } };
  }
}

let server: Server;

beforeEach(() => (server = new Server()));
afterEach(unrender);

const page = (node: React.ReactNode): Promise<unknown> => render(withServices(node, fakeApi(server.answer), ['finance']));
const report = (): Promise<unknown> => page(<ReportPage report="daily-queues" period="2026-03-08" />);
const text = (): string => document.body.textContent;
const at = (id: string): HTMLElement => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)!;
const cells = (row: number): string[] => [...at('report-rows').querySelectorAll(`tbody tr:nth-child(${row}) td, tbody tr:nth-child(${row}) th`)].map((cell) => cell.textContent);
const tab = (name: string): Promise<void> => doing(() => createWrapper().findTabs()!.findTabLinkById(name)!.click());

test('rows are shown as they stand in the file, and what is empty is a dash', async () => {
  await report();

  expect(cells(2)).toEqual(['2026-03-08', 'q-1', 'CHAT', 'Sales', '3', '–']);
  expect([...at('report-rows').querySelectorAll('td span')].every((cell) => cell.getAttribute('dir') === 'auto')).toBe(true);
  expect(cells(3)).toContain('الدعم');
});

test('of a long file it is said how much is shown', async () => {
  server.previews = { '1': preview({ rowCount: 12_345 }) };

  await report();

  expect(text()).toContain('The first 3 of 12,345 rows');
});

test('an empty day says so, and has its columns', async () => {
  server.previews = { '1': preview({ rows: [], rowCount: 0 }) };

  await report();

  expect(text()).toContain('No rows');
  expect(at('report-rows').textContent).toContain('abandonment_rate');
});

test('the newest revision is shown first, with what changed in it, and another one by choice', async () => {
  server.runs = [run(), run({ revision: 2 })];
  const changedRows = [{ kind: 'changed' as const, key: { day: '2026-03-08', queue_id: 'q-1' }, columns: { contacts: ['11', '12'] as [string, string], abandonment_rate: ['', '8.33'] as [string, string] } }];
  server.previews = { '1': preview(), '2': preview({ revision: 2, changedCount: 1, changedRows }) };
  await report();
  expect(text()).toContain('What revision 2 says');

  await tab('changes');
  expect(at('report-changes').textContent).toContain('contacts: 11 → 12');
  expect(at('report-changes').textContent).toContain('abandonment_rate: – → 8.33');

  await doing(() => createWrapper().findTable('[data-testid="report-revisions"]')!.findRowSelectionArea(2)!.click());
  expect(text()).toContain('What revision 1 says');
  await tab('changes');
  expect(text()).toContain('The first revision');
});

test('a chart shows one column, and another one by choice', async () => {
  await report();

  await tab('chart');

  const select = createWrapper().findSelect('[data-testid="report-metric"]')!;
  expect(select.getElement().textContent).toContain('Contacts');
  await doing(() => select.openDropdown());
  await doing(() => select.selectOptionByValue('abandonment_rate'));
  expect(at('report-chart').textContent).toContain('Abandonment rate');
});

test('a day says what was found of its records, and what is missing by name', async () => {
  server.reconciliation = reconciliation({ missing: [{ lack: 'AUDIO', contactId: 'c-7', segment: 's1', key: null, isRebuilt: false }] });

  await report();

  for (const each of ['1 missing', '1,000 contacts ended', 'No audio ever arrived: c-7, s1']) expect(at('completeness').textContent).toContain(each);
});

test('a day that nobody has looked at can be looked at', async () => {
  server.reconciliation = null;
  await report();
  expect(at('completeness').textContent).toContain('Nobody has looked yet');

  await doing(() => at('completeness-look').click());

  expect(server.asked).toContain('POST /v1/reconciliations/2026-03-08');
});

test('a day that is not over is said not to be', async () => {
  server.reconciliation = null;
  server.refusal = { status: 422, body: { message: '2026-03-08 is not over', field: 'day' } };
  await report();

  await doing(() => at('completeness-look').click());

  expect(text()).toContain('2026-03-08 is not over');
});

test('a report that is not there can be built', async () => {
  server.runs = [];
  await report();
  expect(text()).toContain('Not built yet');

  await doing(() => at('report-build-this').click());

  expect(server.asked).toContain('POST /v1/reports/2026-03-08');
  expect(text()).toContain('were asked for');
});

test('a refusal to build says why', async () => {
  server.refusal = { status: 422, body: { message: '2026-03-08 has not begun', field: 'period' } };
  await report();

  await doing(() => at('report-build-this').click());

  expect(text()).toContain('2026-03-08 has not begun');
});

test('rows that cannot be read are said to be, and the files stay in reach', async () => {
  server.previews = {};
  server.runs = [run({ files: [{ name: 'daily-queues-2026-03-08-r1.csv', format: 'csv', rows: 3, sha256: 'a'.repeat(64), url: 'https://files/x' }] })];

  await report();

  expect(text()).toContain('not published');
  expect(text()).toContain('daily-queues-2026-03-08-r1.csv');
});

test('the list leads from each run to what it says', async () => {
  await page(<ReportsPage />);

  expect(at('report-run').querySelector('a')!.getAttribute('href')).toBe('#/reports/daily-queues/2026-03-08');
});

test('a period that is refused says so at its field', async () => {
  server.refusal = { status: 422, body: { message: '2026-03-08 has not begun', field: 'period' } };
  await page(<ReportsPage />);
  await doing(() => at('report-build').click());

  await doing(() => at('report-build-now').click());

  const dialog = createWrapper().findModal()!;
  expect(dialog.findContent().findAlert()).toBeNull();
  expect(dialog.getElement().textContent).toContain('has not begun');
});

test('it is said when each report is due by whose clocks, and which periods are late', async () => {
  server.schedules = [schedule({ late: ['2026-03-06', '2026-03-07'] }), schedule({ report: 'annual-agents', title: 'Agents, by year', lastPeriod: null, lastRevision: null, lastBuiltAt: null })];

  await page(<SchedulesPage />);

  expect(text()).toContain('Late: 2 periods');
  expect(text()).toContain('02:00, America/New_York');
  expect(text()).toContain('Never made yet');
  expect([...document.querySelectorAll('.tl-plain-list a')].map((link) => link.getAttribute('href'))).toEqual(['#/reports/daily-queues/2026-03-06', '#/reports/daily-queues/2026-03-07']);
});

test('a center without reports says so', async () => {
  server.schedules = [];

  await page(<SchedulesPage />);

  expect(text()).toContain('No reports are set up');
});
