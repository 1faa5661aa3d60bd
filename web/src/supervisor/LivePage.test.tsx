import { afterEach, beforeEach, expect, test } from 'vitest';
import createWrapper from '@cloudscape-design/components/test-utils/dom';
import type { LiveNow } from '../api/live';
import { moment } from '../app/format';
import { agent, contact } from '../testing/samples';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { agentNow, alert, callback, line, live, standing } from '../testing/supervisor';
import { CallbacksPage } from './CallbacksPage';
import { LinePage } from './LinePage';
import { LivePage } from './LivePage';

/** The server's side of what supervisors see and do. */
class Server {
  live: LiveNow = live({ at: new Date().toISOString() });
  contacts = [standing()];
  callbacks = [callback()];
  refusal: { status: number; body: unknown } | null = null;
  readonly asked: { method: string; path: string; body: unknown }[] = [];

  answer = (method: string, path: string, body: unknown): { status?: number; body: unknown } => {
    this.asked.push({ method, path, body });
    if (method !== 'GET' && this.refusal) return this.refusal;
    if (path === '/v1/live') return { body: this.live };
    if (path === '/v1/callbacks') return { body: { callbacks: this.callbacks } };
    if (path.includes('/contacts?')) return { body: { contacts: this.contacts, nextToken: null } };
    if (path.endsWith('/status')) return { body: agent([], { status: { name: 'Break', type: 'CUSTOM', since: '' } }) };
    return { body: { contactId: 'c-1', queueId: 'q-2', queueName: 'Support', since: '' } };
  };

  done(): unknown[] {
    return this.asked.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => [method, path, body]);
  }
}

let server: Server;

beforeEach(() => (server = new Server()));
afterEach(unrender);

const page = (node: React.ReactNode): Promise<unknown> => render(withServices(node, fakeApi(server.answer), ['supervisor']));
const text = (): string => document.body.textContent;
const button = (id: string): HTMLElement => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)!;
const click = (id: string): Promise<void> => doing(() => button(id).click());

async function chooses(id: string, option: string): Promise<void> {
  const select = createWrapper().findSelect(`[data-testid="${id}"]`)!;
  await doing(() => select.openDropdown());
  await doing(() => select.selectOptionByValue(option));
}

async function setsBreak(): Promise<void> {
  const menu = createWrapper().findButtonDropdown('[data-testid="set-status-ben"]')!;
  await doing(() => menu.openDropdown());
  await doing(() => menu.findItemById('Break')!.click());
}

test('a center where nobody is and nothing is served says so', async () => {
  await page(<LivePage />);

  expect(text()).toContain('No queue is served');
  expect(text()).toContain('Nobody is signed in');
});

test('lines, agents and alerts are seen, and an alert is gone once dismissed', async () => {
  server.live = live({ at: new Date().toISOString(), queues: [line({ waiting: 2, limit: 5 })], agents: [agentNow()], alerts: [alert({ at: new Date().toISOString() })] });
  await page(<LivePage />);

  expect(text()).toContain('2 of 5Nobody is there');
  expect(text()).toContain('has fallen silent');
  await doing(() => createWrapper().findFlashbar()!.findItems()[0]!.findDismissButton()!.click());
  expect(text()).not.toContain('has fallen silent');
});

test('a status is set only after it was said what that does, and then it is said what came of it', async () => {
  server.live = live({ at: new Date().toISOString(), agents: [agentNow({ contacts: [contact()] })] });
  await page(<LivePage />);
  await setsBreak();

  expect(text()).toContain('Set Ben Ortiz to Break?');
  expect(text()).toContain('Break begins when the work in hand is done');
  expect(server.done()).toEqual([]);
  await click('confirm-now');
  expect(server.done()).toEqual([['POST', '/v1/agents/a-1/status', { name: 'Break' }]]);
  expect(text()).toContain('Ben Ortiz is set to Break.');
});

test('what is refused stays in the dialog with the reason', async () => {
  server.live = live({ at: new Date().toISOString(), agents: [agentNow()] });
  server.refusal = { status: 404, body: { message: 'no agent' } };
  await page(<LivePage />);
  await setsBreak();
  await click('confirm-now');

  expect(createWrapper().findModal()!.getElement().textContent).toContain('no agent');
});

test('a waiting contact is moved to another queue, and back', async () => {
  server.live = live({ at: new Date().toISOString(), queues: [line(), line({ queueId: 'q-2', name: 'Support', staffed: 1 })] });
  await page(<LinePage queueId="q-1" channel="VOICE" />);
  await click('move-c-1');
  await chooses('move-target', 'q-2');
  await click('confirm-now');

  expect(text()).toContain('Ana Souza waits in Support from now on.');
  await click('note-undo');
  expect(server.done()).toEqual([
    ['POST', '/v1/contacts/c-1/move', { queueId: 'q-2' }],
    ['POST', '/v1/contacts/c-1/move', { queueId: 'q-1' }],
  ]);
  expect(text()).toContain('Ana Souza is back in Sales');
});

test('a line with nobody in it says so', async () => {
  server.contacts = [];
  await page(<LinePage queueId="q-1" channel="VOICE" />);

  expect(text()).toContain('Nobody waits here');
});

test('a call back is cancelled only after it was asked for twice', async () => {
  await page(<CallbacksPage />);
  await click('cancel-c-9');

  expect(text()).toContain('This cannot be undone.');
  expect(server.done()).toEqual([]);
  await click('confirm-now');
  expect(server.done()).toEqual([['DELETE', '/v1/callbacks/c-9', undefined]]);
  expect(text()).toContain('The callback to +12025550177 is cancelled.');
});

test('a call back whose time has not come is scheduled, and says from when on it may be called', async () => {
  server.callbacks = [callback({ dueAt: '2026-03-02T15:30:00.000Z' }), callback({ contactId: 'c-10', number: '+12025550178', state: 'WAITING', dueAt: '2026-03-02T15:30:00.000Z', place: 2 })];
  await page(<CallbacksPage />);

  const rows = createWrapper().findTable()!.findRows().map((row) => row.getElement().textContent);
  expect(rows[0]).toContain(`Schedulednot before ${moment('2026-03-02T15:30:00.000Z')}`);
  expect(rows[0]).toContain('–');
  expect(rows[1]).toContain('In line');
  expect(rows[1]).not.toContain('not before');
});
