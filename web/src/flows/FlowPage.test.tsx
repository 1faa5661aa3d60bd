import { afterEach, beforeEach, expect, test } from 'vitest';
import createWrapper, { type ElementWrapper } from '@cloudscape-design/components/test-utils/dom';
import type { Finding, Flow } from '../api/types';
import { flow } from '../testing/samples';
import { doing, fakeApi, render, unrender, withServices } from '../testing/render';
import { FlowPage } from './FlowPage';

interface Refusal {
  status: number;
  body: unknown;
}

/** The server's side of one flow, as far as this page can tell. */
class Server {
  flow: Flow = flow({ draft: null });
  content = '{"StartAction":"a","Actions":[{"Identifier":"a","Type":"MessageParticipant"}]}';
  findings: Finding[] = [];
  refusals: Refusal[] = [];
  readonly asked: { method: string; path: string; body: unknown }[] = [];

  answer = (method: string, path: string, body: unknown): { status?: number; body: unknown } => {
    this.asked.push({ method, path, body });
    const refusal = method === 'GET' ? undefined : this.refusals.shift();
    return refusal ?? { body: this.#body(method, path.replace('/v1/flows/f-1', '')) };
  };

  sent(method: string): unknown[] {
    return this.asked.filter((request) => request.method === method).map(({ body }) => body);
  }

  #body(method: string, door: string): unknown {
    if (door.startsWith('/content')) return { flowId: 'f-1', of: 'draft', content: this.content, findings: this.findings };
    if (door.startsWith('/diff')) return { changes: [{ kind: 'text', block: 'Greeting', detail: 'Text: “Hi” → “Hello”' }], text: 'text: Greeting' };
    if (door === '/versions') return { versions: [version(2, true), version(1, false)] };
    if (door === '/draft') return { draft: { revision: 7, savedAt: null, savedBy: 'mia' }, findings: this.findings };
    if (door === '/publish') return { flow: { ...this.flow, liveVersion: 3 }, version: 3, findings: [] };
    return method === 'POST' ? { ...this.flow, liveVersion: 1 } : this.flow;
  }
}

const version = (number: number, isLive: boolean): object => ({ version: number, publishedAt: null, publishedBy: 'ana', note: 'shorter', isLive });

let server: Server;

beforeEach(() => (server = new Server()));

afterEach(async () => {
  await unrender();
  sessionStorage.clear();
});

const open = (groups: ('admin' | 'supervisor')[] = ['admin']): Promise<ElementWrapper> => render(withServices(<FlowPage flowId="f-1" />, fakeApi(server.answer), groups));
const dialog = (): string => createWrapper().findModal()!.getElement().textContent;
const at = (id: string): HTMLElement => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)!;
const click = (id: string): Promise<void> => doing(() => at(id).click());
const tab = (name: string): Promise<void> => doing(() => [...document.querySelectorAll<HTMLElement>('[role=tab]')].find((each) => each.textContent.startsWith(name))!.click());

async function types(text: string): Promise<void> {
  await doing(() => {
    const area = at('flow-text') as HTMLTextAreaElement;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(area, text);
    area.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

test('what was typed is saved on the draft it was based on, and what the server finds is listed with its path', async () => {
  await open();
  server.findings = [{ severity: 'PROBLEM', code: 'dead_branch', block: 'Menu', path: 'Actions[0]', message: 'key 2 leads nowhere' }];
  await types('{"Actions":[]}');
  await click('flow-save');

  expect(server.sent('PUT')).toEqual([{ content: '{"Actions":[]}', basedOn: 0 }]);
  expect(at('flow-findings').textContent).toContain('key 2 leads nowhere');
  expect(at('flow-findings').textContent).toContain('Actions[0]');
});

test('text that was not saved is still there when the page is loaded again', async () => {
  await open();
  await types('{"kept": 1}');
  await unrender();
  await open();

  expect((at('flow-text') as HTMLTextAreaElement).value).toBe('{"kept": 1}');
});

test('a draft that somebody else saved meanwhile is kept or replaced, as the admin says', async () => {
  await open();
  await types('{"mine": 1}');
  server.refusals = [{ status: 409, body: { message: 'somebody was first', current: { revision: 5, savedAt: null, savedBy: 'Mia' } } }];
  await click('flow-save');
  expect(document.body.textContent).toContain('Mia saved this draft');
  await doing(() => [...document.querySelectorAll('button')].find((each) => each.textContent === 'Keep mine')!.click());

  expect(server.sent('PUT')).toEqual([
    { content: '{"mine": 1}', basedOn: 0 },
    { content: '{"mine": 1}', basedOn: 5 },
  ]);
});

test('text that was kept goes on from where it was begun: who saved meanwhile is not overwritten unseen', async () => {
  server.flow = flow({ draft: { revision: 3, savedAt: null, savedBy: 'ana' } });
  await open();
  await types('{"mine": 1}');
  await unrender();
  server.flow = flow({ draft: { revision: 4, savedAt: null, savedBy: 'Mia' } });
  await open();
  expect(document.body.textContent).toContain('Mia saved this draft');

  await click('flow-save');

  expect(server.sent('PUT')).toEqual([{ content: '{"mine": 1}', basedOn: 3 }]);
});

test('a draft that was saved here can be published and saved again after a look at another tab', async () => {
  await open();
  await types('{"mine": 1}');
  await click('flow-save');
  await tab('Versions');
  await tab('Content');
  expect(at('flow-publish').hasAttribute('disabled')).toBe(false);

  await types('{"mine": 2}');
  await click('flow-save');

  expect(server.sent('PUT').at(-1)).toEqual({ content: '{"mine": 2}', basedOn: 7 });
});

test('a draft that cannot even be kept says where, block by block, and the text stays', async () => {
  await open();
  await types('{"Actions":[{"Identifier":"Menu"}]}');
  server.refusals = [{ status: 422, body: { message: 'x', problems: ['no action is Nowhere. Path: Actions[0].Transitions.NextAction'] } }];
  await click('flow-save');

  expect(at('flow-findings').textContent).toContain('Menuno action is NowhereActions[0].Transitions.NextAction');
  expect(sessionStorage.getItem('trunkline.flow.f-1')).toBe('{"Actions":[{"Identifier":"Menu"}]}');
});

test('publishing saves first, shows what changes, and takes a note along', async () => {
  await open();
  await types('{"mine": 1}');
  await click('flow-publish');
  expect(document.body.textContent).toContain('Text: “Hi” → “Hello”');
  await click('publish-now');

  expect(server.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /v1/flows/f-1/draft', 'POST /v1/flows/f-1/publish']);
  expect(server.sent('POST')).toEqual([{ basedOn: 2, isLive: true }]);
  expect(document.body.textContent).toContain('Version 3 is live.');
});

test('of two who publish the second sees who was first and what they changed, and may publish over it', async () => {
  server.flow = flow({ draft: { revision: 1, savedAt: null, savedBy: 'ana' } });
  await open();
  const theirs = { version: 5, publishedAt: null, publishedBy: 'Mia', note: 'Easter' };
  server.refusals = [{ status: 409, body: { message: 'x', current: theirs, changes: [{ kind: 'queue', block: 'Transfer', detail: 'Sales → Billing' }] } }];
  await click('flow-publish');
  await click('publish-now');
  const said = at('publish-conflict').textContent;
  await click('publish-now');

  expect(said).toContain('Mia published version 5');
  expect(said).toContain('Sales → Billing');
  expect(server.sent('POST')).toEqual([
    { basedOn: 2, isLive: true },
    { basedOn: 5, isLive: true },
  ]);
});

test('a flow that may not be published says why, block by block', async () => {
  server.flow = flow({ draft: { revision: 1, savedAt: null, savedBy: 'ana' } });
  await open();
  server.refusals = [{ status: 422, body: { message: 'the flow has problems', findings: [{ severity: 'PROBLEM', code: '', block: 'Menu', path: 'Actions[3]', message: 'key 2 leads nowhere' }] } }];
  await click('flow-publish');
  await click('publish-now');

  expect(dialog()).toContain('Menu: key 2 leads nowhere');
});

test('a rollback is asked for once, with what it changes', async () => {
  await open();
  await tab('Versions');
  await click('roll-back-1');
  expect(dialog()).toContain('Greeting');
  await click('roll-back-now');

  expect(server.sent('POST')).toEqual([{ version: 1 }]);
  expect(document.body.textContent).toContain('Version 1 is live again');
});

test('a supervisor reads and changes nothing', async () => {
  await open(['supervisor']);

  expect(document.querySelector('[data-testid="flow-save"]')).toBeNull();
  expect((at('flow-text') as HTMLTextAreaElement).readOnly).toBe(true);
});

test('a text that is no JSON says on which line before it is sent anywhere', async () => {
  await open();
  await types('{\n"a": oops}');

  expect(at('flow-findings').textContent).toContain('This is no JSON, line 2');
});
