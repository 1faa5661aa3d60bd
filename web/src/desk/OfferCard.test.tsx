import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { agent, contact, event, offer } from '../testing/samples';
import { doing, fakeDesk, render, unrender } from '../testing/render';
import { OfferCard } from './OfferCard';

let now = 10_000;

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  localStorage.setItem('trunkline.ring-muted', 'yes'); // there is no AudioContext here
});

afterEach(async () => {
  await unrender();
  vi.restoreAllMocks();
  window.location.hash = '';
});

const press = (key: string, target: EventTarget = document.body): Promise<void> => doing(() => target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));
const waitOutGrace = (): number => (now += 600);

test('an idle desk shows no offer', async () => {
  const desk = await fakeDesk(agent());

  const page = await render(desk.around(<OfferCard />));

  expect(page.find('[data-testid=offer]')).toBeNull();
});

test('an offer shows who calls, for which queue, what is known, and the time left', async () => {
  const desk = await fakeDesk(agent([offer()]));

  const page = await render(desk.around(<OfferCard />));

  const text = page.find('[data-testid=offer]')!.getElement().textContent;
  expect(text).toContain('Incoming call · Sales');
  expect(text).toContain('Ana Souza');
  expect(text).toContain('waited 23 s · 1 open ticket');
  expect(page.find('[role=timer]')!.getElement().getAttribute('aria-label')).toBe('20 seconds left to answer');
});

test('the focus is on Accept, and A accepts', async () => {
  const desk = await fakeDesk(agent([offer()]));
  await render(desk.around(<OfferCard />));
  expect((document.activeElement as HTMLElement).dataset.testid).toBe('offer-accept');

  waitOutGrace();
  await press('a');

  expect(desk.commands('accept')).toMatchObject([{ contactId: 'c-1', offerId: 'o-1' }]);
});

test('R rejects', async () => {
  const desk = await fakeDesk(agent([offer()]));
  await render(desk.around(<OfferCard />));

  waitOutGrace();
  await press('R');

  expect(desk.commands('reject')).toHaveLength(1);
});

test('a key typed in the first moment belongs to what the agent was doing', async () => {
  const desk = await fakeDesk(agent([offer()]));
  await render(desk.around(<OfferCard />));

  await press('r');

  expect(desk.commands('reject')).toEqual([]);
});

test('whoever is typing keeps the focus, and the letters are no answers', async () => {
  const box = document.createElement('textarea');
  document.body.append(box);
  box.focus();
  const desk = await fakeDesk(agent([offer()]));
  await render(desk.around(<OfferCard />));
  expect(document.activeElement).toBe(box);

  waitOutGrace();
  await press('a', box);

  expect(desk.commands('accept')).toEqual([]);
  box.remove();
});

test('who went on to type keeps the focus when the offer ends, else it goes back where it was', async () => {
  const [button, box] = [document.createElement('button'), document.createElement('textarea')];
  document.body.append(button, box);
  button.focus();
  const desk = await fakeDesk(agent([offer()]));
  await render(desk.around(<OfferCard />));
  await desk.says(event(2, 'OfferEnded', agent()));
  expect(document.activeElement).toBe(button);

  await desk.says(event(3, 'ContactOffered', agent([offer({ offerId: 'o-2' })])));
  box.focus();
  await desk.says(event(4, 'OfferEnded', agent()));

  expect(document.activeElement).toBe(box);
  button.remove();
  box.remove();
});

test('an offer that is taken by itself leaves whoever types on their page', async () => {
  window.location.hash = '#/tickets';
  const box = document.createElement('textarea');
  document.body.append(box);
  box.focus();
  const desk = await fakeDesk({ ...agent([offer()]), autoAccept: true });
  await render(desk.around(<OfferCard />));

  await desk.says(event(2, 'ContactConnected', agent([contact()]), { contactId: 'c-1' }));
  await desk.accepts();

  expect(window.location.hash).toBe('#/tickets');
  expect(document.activeElement).toBe(box);
  box.remove();
});

test('an agent who is set up so takes an offer without a click', async () => {
  const desk = await fakeDesk({ ...agent([offer()]), autoAccept: true });

  await render(desk.around(<OfferCard />));

  expect(desk.commands('accept')).toMatchObject([{ contactId: 'c-1', offerId: 'o-1' }]);
});

test('a call that rings at the telephone of the agent, too, waits to be taken at either', async () => {
  const desk = await fakeDesk({ ...agent([offer()]), autoAccept: true, forwardTo: '+12025550155' });

  await render(desk.around(<OfferCard />));

  expect(desk.commands('accept')).toEqual([]);
});

test('after accepting the desk is opened on the contact', async () => {
  window.location.hash = '#/tickets';
  const desk = await fakeDesk(agent([offer()]));
  const page = await render(desk.around(<OfferCard />));

  await doing(() => page.find('[data-testid=offer-accept]')!.click());
  await desk.says(event(2, 'ContactConnected', agent([contact()]), { contactId: 'c-1' }));
  await desk.accepts();

  expect(window.location.hash).toBe('#/desk');
  expect(page.find('[data-testid=offer]')).toBeNull();
});

test('without a line the offer cannot be answered', async () => {
  const desk = await fakeDesk(agent([offer()]));
  const page = await render(desk.around(<OfferCard />));

  await doing(() => desk.sockets.last.falls());

  expect(page.find('[data-testid=offer-accept]')!.getElement().hasAttribute('disabled')).toBe(true);
});
