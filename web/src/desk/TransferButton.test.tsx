import { afterEach, beforeEach, expect, test } from 'vitest';
import createWrapper, { type InputWrapper, type ModalWrapper } from '@cloudscape-design/components/test-utils/dom';
import type { QuickConnect } from '../api/types';
import { agent, contact } from '../testing/samples';
import { doing, fakeDesk, render, unrender, type FakeDesk } from '../testing/render';
import { TransferButton } from './TransferButton';

const SUPPORT: QuickConnect = { quickConnectId: 'qc-1', name: 'Support', type: 'QUEUE', description: 'Repairs and returns', isThere: true };
const CLEO: QuickConnect = { quickConnectId: 'qc-2', name: 'Cleo Park', type: 'USER', description: '', isThere: false };

let desk: FakeDesk;

async function open(body: unknown = { quickConnects: [SUPPORT, CLEO] }, status = 200): Promise<void> {
  const talk = contact();
  desk = await fakeDesk(agent([talk]), () => ({ status, body }));
  await render(desk.around(<TransferButton contact={talk} />));
  await doing(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 't', bubbles: true })));
}

beforeEach(() => sessionStorage.clear());
afterEach(unrender);

const dialog = (): ModalWrapper => createWrapper().findModal()!;
const field = (): InputWrapper => createWrapper(dialog().getElement()).findInput()!;
const text = (): string => dialog().getElement().textContent;
const choose = (name: string): Promise<void> => doing(() => dialog().find(`[data-testid="transfer-${name}"]`)!.click());
const search = (words: string): Promise<void> => doing(() => field().setInputValue(words));
const refuses = (message: string): Promise<void> =>
  desk.says({ type: 'reply', requestId: desk.commands('transfer').at(-1)?.requestId, ok: false, error: { message, field: 'queueId' } });

test('T shows where the contact can go, and who is not there', async () => {
  await open();

  expect(text()).toContain('SupportQueueRepairs and returns');
  expect(text()).toContain('Cleo ParkNot signed in');
  expect((dialog().find('[data-testid="transfer-Cleo Park"]')!.getElement() as HTMLButtonElement).disabled).toBe(true);
});

test('a click sends it, and the picker closes when the center has done it', async () => {
  await open();

  await choose('Support');
  expect(desk.commands('transfer')).toMatchObject([{ contactId: 'c-1', quickConnectId: 'qc-1' }]);
  await desk.accepts();

  expect(createWrapper().findModal()).toBeNull();
});

test('a refusal says why, and that the customer stays', async () => {
  await open();
  await choose('Support');

  await refuses('the queue is full');

  expect(text()).toContain('The contact stays with you');
  expect(text()).toContain('the queue is full');
  await choose('Support');
  expect(desk.commands('transfer')).toHaveLength(2);
});

test('the search finds words of name and description, and Enter takes the first', async () => {
  await open();

  await search('park');
  expect(text()).not.toContain('Support');
  await search('nothing like it');
  expect(text()).toContain('Nothing of this name');
  await search('repair sup');
  await doing(() => field().findNativeInput().getElement().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })));

  expect(desk.commands('transfer')).toMatchObject([{ quickConnectId: 'qc-1' }]);
});

test('a queue without quick connects says so', async () => {
  await open({ quickConnects: [] });

  expect(text()).toContain('None is attached to Sales.');
});

test('what cannot be loaded can be asked for again', async () => {
  await open({ message: 'the center had a problem' }, 500);

  expect(text()).toContain('The quick connects could not be loaded');
  expect(text()).toContain('the center had a problem');
});
