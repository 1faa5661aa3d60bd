import { afterEach, beforeEach, expect, test } from 'vitest';
import createWrapper, { type InputWrapper } from '@cloudscape-design/components/test-utils/dom';
import { agent, contact } from '../testing/samples';
import { doing, fakeDesk, render, unrender, type FakeDesk } from '../testing/render';
import { CallSomebody } from './CallSomebody';

const COLLEAGUES = [
  { agentId: 'a-2', name: 'Cleo Park', status: 'Available', isFree: true },
  { agentId: 'a-3', name: 'Mai Tran', status: 'Break', isFree: false },
];

let desk: FakeDesk;

async function open(state = agent(), colleagues: unknown = COLLEAGUES): Promise<void> {
  desk = await fakeDesk(state, () => ({ body: { colleagues } }));
  await render(desk.around(<CallSomebody agent={state} />));
  await doing(() => in_('call-somebody').click());
}

beforeEach(() => sessionStorage.clear());
afterEach(unrender);

const in_ = (testId: string): HTMLButtonElement => document.querySelector<HTMLButtonElement>(`[data-testid="${testId}"]`)!;
const text = (): string => createWrapper().findModal()!.getElement().textContent;
const field = (): InputWrapper => createWrapper(createWrapper().findModal()!.getElement()).findInput()!;
const type = (words: string): Promise<void> => doing(() => field().setInputValue(words));

test('colleagues at work are listed, and whether they are free', async () => {
  await open();

  expect(text()).toContain('Cleo ParkFree');
  expect(text()).toContain('Mai TranBreak, leaves a message');
});

test('a colleague is called, and the dialog closes when it rings there', async () => {
  await open();
  await type('cleo');
  await doing(() => in_('call-Cleo Park').click());

  expect(desk.commands('call')).toMatchObject([{ agentId: 'a-2' }]);
  await desk.accepts();
  expect(createWrapper().findModal()).toBeNull();
});

test('who is busy is said, with the word that was left', async () => {
  await open();
  await doing(() => in_('call-Mai Tran').click());

  const { requestId } = desk.commands('call')[0]!;
  await desk.says({ type: 'reply', requestId, ok: false, error: { message: 'Mai Tran is busy; a task says that you called' } });

  expect(text()).toContain('a task says that you called');
});

test('a telephone number is called as it was typed', async () => {
  await open();
  await type('(202) 555-0123');
  await doing(() => in_('call-number').click());

  expect(desk.commands('call')).toMatchObject([{ phoneNumber: '(202) 555-0123' }]);
});

test('nobody else at work is said', async () => {
  await open(agent(), []);

  expect(text()).toContain('Nobody else is at work');
});

test('one call at a time', async () => {
  await open(agent([contact()]));

  expect(in_('call-somebody').disabled).toBe(true);
  expect(createWrapper().findModal()).toBeNull();
});
