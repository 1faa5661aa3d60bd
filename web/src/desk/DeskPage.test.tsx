import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ElementWrapper } from '@cloudscape-design/components/test-utils/dom';
import type { Agent, ScreenPop } from '../api/types';
import { agent, contact, event, item, pop } from '../testing/samples';
import { doing, fakeDesk, render, unrender, type FakeDesk } from '../testing/render';
import { DeskPage } from './DeskPage';

const CHAT = contact({ channel: 'CHAT' });

let desk: FakeDesk;
let page: ElementWrapper;

async function open(state: Agent, part: Partial<ScreenPop> = {}): Promise<void> {
  desk = await fakeDesk(state, (_, path) => ({ body: path.endsWith('/pop') ? pop(part) : { items: [] } }));
  page = await render(desk.around(<DeskPage />));
}

beforeEach(() => sessionStorage.clear());
afterEach(unrender);

const text = (): string => page.getElement().textContent;
const type = (words: string): Promise<void> => doing(() => desk.store.typeChat('c-1', words));
const press = (key: string, shiftKey = false): Promise<void> =>
  doing(() => page.find('[data-testid=chat-input]')!.getElement().dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true })));

test('an agent who is offline is offered to become available', async () => {
  await open(agent([], { status: { name: 'Offline', type: 'OFFLINE', since: '' } }));

  await doing(() => page.findButton()!.click());

  expect(desk.commands('status')).toMatchObject([{ name: 'Available' }]);
});

test('the customer of the contact is shown with open tickets', async () => {
  await open(agent([contact()]));

  expect(page.find('[data-testid=pop-customer]')!.getElement().textContent).toContain('Ana Souza');
  expect(page.find('[data-testid=pop-customer]')!.getElement().textContent).toContain('+12025550124');
  expect(text()).toContain('Charged twice');
});

test('hanging up is one button', async () => {
  await open(agent([contact()]));

  await doing(() => page.find('[data-testid=call-hangup]')!.click());

  expect(desk.commands('hangup')).toMatchObject([{ contactId: 'c-1' }]);
});

test('when the call ends the wrap-up takes its place, and after it the next contact', async () => {
  await open(agent([CHAT, contact({ contactId: 'c-2', channel: 'CHAT', customerName: 'Lan' })]));

  await desk.says(event(2, 'ContactDisconnected', agent([{ ...CHAT, state: 'ENDED' }, contact({ contactId: 'c-2', channel: 'CHAT', customerName: 'Lan' })]), { contactId: 'c-1' }));
  expect(page.find('[data-testid=wrap-complete]')).not.toBeNull();

  await desk.says(event(3, 'ContactCompleted', agent([contact({ contactId: 'c-2', channel: 'CHAT', customerName: 'Lan' })]), { contactId: 'c-1' }));
  expect(page.find('[data-testid=contact-c-2]')!.getElement().getAttribute('aria-current')).toBe('true');
});

test('Enter sends the message, Shift and Enter does not', async () => {
  await open(agent([CHAT]));
  await type('Hello there');

  await press('Enter', true);
  expect(desk.commands('chat')).toEqual([]);
  await press('Enter');

  expect(desk.commands('chat')).toMatchObject([{ contactId: 'c-1', content: 'Hello there' }]);
});

test('a chat that was answered is ready to be typed into', async () => {
  await open(agent([CHAT]));

  expect((document.activeElement as HTMLElement).dataset.testid).toBe('chat-input');
});

test('an empty message is not sent', async () => {
  await open(agent([CHAT]));
  await type('   ');

  await press('Enter');

  expect(desk.commands('chat')).toEqual([]);
});

test('a message of the customer appears, and leaving is said', async () => {
  await open(agent([CHAT]));

  await doing(() => desk.sockets.last.says('aws/chat', JSON.stringify(item({ Content: 'My router is broken' }))));
  await doing(() =>
    desk.sockets.last.says('aws/chat', JSON.stringify(item({ Id: '2', Type: 'EVENT', Content: undefined, ContentType: 'application/vnd.amazonaws.connect.event.participant.left' }))),
  );

  expect(text()).toContain('My router is broken');
  expect(text()).toContain('The customer has left the chat.');
});

test('a missed contact is cleared by the agent', async () => {
  await open(agent([contact({ state: 'MISSED' })]));

  await doing(() => page.find('[data-testid=missed-clear]')!.click());

  expect(desk.commands('clear')).toMatchObject([{ contactId: 'c-1' }]);
});

test('a desk that another one replaced says so', async () => {
  await open(agent());

  await desk.says({ type: 'event', seq: 1, kind: 'SignedInElsewhere' });

  expect(text()).toContain('You signed in somewhere else');
});

test('a task says what it is about, links only to the web, and is paused or done', async () => {
  const references = [
    { name: 'Order', type: 'URL', value: 'https://shop.example/7' },
    { name: 'Trap', type: 'URL', value: 'javascript:alert(1)' },
  ];
  await open(agent([contact({ channel: 'TASK', isJoined: false })]), { subject: { name: 'Refund order 7', description: 'Charged twice', references } });
  const about = page.find('[data-testid=task-about]')!.getElement();

  expect(about.textContent).toContain('Refund order 7Charged twice');
  expect([...about.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(['https://shop.example/7']);
  await doing(() => page.find('[data-testid=hold] button')!.click());
  await doing(() => page.find('[data-testid=task-end]')!.click());
  expect([desk.commands('hold').length, desk.commands('hangup').length]).toEqual([1, 1]);
});

test('H holds a call the moment both can talk', async () => {
  await open(agent([contact()]));

  await doing(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'h', bubbles: true })));

  expect(desk.commands('hold')).toMatchObject([{ contactId: 'c-1' }]);
});

test('a call-back shows the number to dial', async () => {
  await open(agent([contact()]), { initiationMethod: 'CALLBACK' });

  expect(page.find('[data-testid=call-back] a')!.getElement().getAttribute('href')).toBe('tel:+12025550123');
});

test('a whisper is read before the talk, when there is nobody to put on hold yet', async () => {
  await open(agent([contact({ isJoined: false })]));
  await desk.says({ type: 'turn', contactId: 'c-1', leg: 'AGENT', seq: 1, commands: [{ do: 'play', prompts: [{ text: 'A caller from the shop', audioUrl: null, language: 'en-US' }] }] });

  expect(page.find('[data-testid=whisper]')!.getElement().textContent).toBe('Before you talkA caller from the shop');
  expect(page.find('[data-testid=call-state]')!.getElement().textContent).toBe('Not connected yet');
  expect((page.find('[data-testid=hold] button')!.getElement() as HTMLButtonElement).getAttribute('aria-disabled') ?? 'true').toBe('true');
});

test('the page of a guide is drawn beside the talk, and its answer is sent with its number', async () => {
  await open(agent([contact()]));
  const view = { Content: { Actions: ['Next'], Template: { Body: [{ Type: 'Confirmation', Props: { Heading: 'Ask for the name', Next: { Label: 'Done' } } }] } } };
  await desk.says({ type: 'turn', contactId: 'c-1', leg: 'GUIDE', seq: 1, commands: [{ do: 'view', wait: 3, view }] });
  await doing(() => page.find('[data-testid=guide] button')!.click());

  expect(desk.commands('acted')).toMatchObject([{ contactId: 'c-1', wait: 3, action: 'Next' }]);
});
