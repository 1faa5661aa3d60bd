import { expect, test } from 'vitest';
import type { Agent, DeskContact, DeskEventKind } from '../api/types';
import { agent, contact, event, NOW, offer, snapshot } from '../testing/samples';
import { activity, canHold, countdown, EMPTY_DESK, inbox, isBusy, next, offerOf, ringing, voiceContact, type Desk } from './model';

const START: Desk = next(EMPTY_DESK, { do: 'snapshot', snapshot: snapshot(1) });

function after(desk: Desk, kind: DeskEventKind, state: Agent, contactId: string | null = null): Desk {
  return next(desk, { do: 'event', event: event(2, kind, state, { contactId }), now: NOW });
}

test('an offer on an idle desk is selected and announced with its keys', () => {
  const desk = after(START, 'ContactOffered', agent([offer()]), 'c-1');

  expect(desk.selected).toBe('c-1');
  expect(offerOf(desk.agent)?.offerId).toBe('o-1');
  expect(desk.announcement).toBe('Incoming call from Ana Souza, queue Sales. Press A to accept, R to reject.');
});

test('an offer does not take the selection away from a conversation', () => {
  const talking = next(EMPTY_DESK, { do: 'snapshot', snapshot: snapshot(1, agent([contact({ contactId: 'c-0', channel: 'CHAT' })])) });

  const desk = after(talking, 'ContactOffered', agent([contact({ contactId: 'c-0', channel: 'CHAT' }), offer()]), 'c-1');

  expect(desk.selected).toBe('c-0');
});

test('the contact that was answered is selected', () => {
  const two = [contact({ contactId: 'c-0', channel: 'CHAT' }), contact({ channel: 'CHAT' })];
  const talking = next(EMPTY_DESK, { do: 'snapshot', snapshot: snapshot(1, agent(two)) });

  const desk = after({ ...talking, selected: 'c-0' }, 'ContactConnected', agent(two), 'c-1');

  expect(desk.selected).toBe('c-1');
});

test('a contact that was taken by itself does not push aside the one in hand', () => {
  const two = agent([contact({ contactId: 'c-0', channel: 'CHAT' }), contact({ channel: 'CHAT' })], { autoAccept: true });
  const talking = next(next(EMPTY_DESK, { do: 'snapshot', snapshot: snapshot(1, two) }), { do: 'select', contactId: 'c-0' });

  expect(after(talking, 'ContactConnected', two, 'c-1').selected).toBe('c-0');
  const missed = agent([contact({ contactId: 'c-0', state: 'MISSED' }), contact({ channel: 'CHAT' })], { autoAccept: true });
  expect(after({ ...talking, agent: missed }, 'ContactConnected', missed, 'c-1').selected).toBe('c-1');
});

test('what comes up in place of another takes no keys, what the agent opens does, and the first one, too', () => {
  const two = agent([contact({ contactId: 'c-0', state: 'ENDED' }), contact({ channel: 'CHAT' })]);
  const chosen = next(next(EMPTY_DESK, { do: 'snapshot', snapshot: snapshot(1, two) }), { do: 'select', contactId: 'c-0' });
  expect(chosen).toMatchObject({ selected: 'c-0', takesKeys: true });
  expect(after(START, 'ContactConnected', agent([contact()]), 'c-1')).toMatchObject({ selected: 'c-1', takesKeys: true });

  const left = after(chosen, 'ContactCompleted', agent([contact({ channel: 'CHAT' })]), 'c-0');

  expect(left).toMatchObject({ selected: 'c-1', takesKeys: false });
});

test('when the selected contact is completed the next most urgent one is selected', () => {
  const desk = after({ ...START, selected: 'gone' }, 'ContactCompleted', agent([offer({ contactId: 'ringing' }), contact({ contactId: 'talking' })]));

  expect(desk.selected).toBe('talking');
});

test('an empty desk has nothing selected', () => {
  expect(after({ ...START, selected: 'gone' }, 'ContactCompleted', agent()).selected).toBeNull();
});

test('a contact that is not on the desk cannot be selected', () => {
  expect(next(START, { do: 'select', contactId: 'nowhere' }).selected).toBeNull();
});

test('a missed offer leaves a notice that goes when the contact is cleared', () => {
  const ringing = after(START, 'ContactOffered', agent([offer()]));
  const missed = after(ringing, 'OfferEnded', agent([contact({ state: 'MISSED' })]), 'c-1');
  expect(missed.notices.map(({ text }) => text)).toEqual(['You missed Ana Souza (Sales). The contact went back to its queue and kept its place.']);

  const cleared = after(missed, 'ContactCompleted', agent());

  expect(cleared.notices).toEqual([]);
});

test('an offer the agent rejected leaves no notice', () => {
  const ringing = after(START, 'ContactOffered', agent([offer()]));

  expect(after(ringing, 'OfferEnded', agent(), 'c-1').notices).toEqual([]);
});

test('choosing Available on a call takes the next status back and says so', () => {
  const talking = agent([contact()], { nextStatus: { name: 'Break' } });
  const before = next(EMPTY_DESK, { do: 'snapshot', snapshot: snapshot(1, talking) });

  const desk = after(before, 'StatusChanged', agent([contact()]));

  expect(desk.notices.map(({ text }) => text)).toEqual(['Break is no longer next: you stay Available after this contact.']);
});

test('an agent is told which supervisor chose a status, now or for later', () => {
  const set = next(START, { do: 'event', event: event(2, 'StatusChanged', agent([], { status: { name: 'Break', type: 'CUSTOM', since: '' } }), { by: 'sue' }), now: NOW });
  const later = next(START, { do: 'event', event: event(2, 'StatusChanged', agent([contact()], { nextStatus: { name: 'Break' } }), { by: 'sue' }), now: NOW });

  expect([set, later].flatMap(({ notices }) => notices.map(({ text }) => text))).toEqual(['sue set your status to Break.', 'sue chose Break for you: it begins when the work in hand is done.']);
});

test('a next status that takes effect after the contact is no news', () => {
  const wrapping = agent([contact({ state: 'ENDED' })], { nextStatus: { name: 'Break' } });
  const before = next(EMPTY_DESK, { do: 'snapshot', snapshot: snapshot(1, wrapping) });

  const desk = after(before, 'ContactCompleted', agent([], { status: { name: 'Break', type: 'CUSTOM', since: '' } }));

  expect(desk.notices).toEqual([]);
});

test('a desk that was taken over says so and keeps what it showed', () => {
  const desk = next(START, { do: 'taken-over' });

  expect(desk.isSignedInElsewhere).toBe(true);
  expect(desk.agent).toBe(START.agent);
});

test('the same notice is shown once, and at most four at a time', () => {
  const texts = ['a', 'a', 'b', 'c', 'd', 'e'];

  const desk = texts.reduce<Desk>((known, text, at) => next(known, { do: 'notice', notice: { id: String(at), type: 'info', text } }), START);

  expect(desk.notices.map(({ text }) => text)).toEqual(['b', 'c', 'd', 'e']);
  expect(next(desk, { do: 'dismiss', id: '2' }).notices.map(({ text }) => text)).toEqual(['c', 'd', 'e']);
});

test('the inbox lists talking, then wrap-up, then ringing, then missed; the oldest first', () => {
  const contacts = [
    contact({ contactId: 'missed', state: 'MISSED' }),
    offer({ contactId: 'ringing' }),
    contact({ contactId: 'young', since: '2026-03-02T14:05:00.000Z' }),
    contact({ contactId: 'wrapping', state: 'ENDED' }),
    contact({ contactId: 'old' }),
  ];

  expect(inbox(agent(contacts)).map(({ contactId }) => contactId)).toEqual(['old', 'young', 'wrapping', 'ringing', 'missed']);
});

test('the countdown follows the clock of the server and never goes below zero', () => {
  expect(countdown(offer(), NOW)).toEqual({ seconds: 20, share: 1 });
  expect(countdown(offer(), NOW + 15_000)).toEqual({ seconds: 5, share: 0.25 });
  expect(countdown(offer(), NOW + 60_000)).toEqual({ seconds: 0, share: 0 });
});

test('an offer whose end was not heard of stops ringing by itself', () => {
  const desk = after(START, 'ContactOffered', agent([offer()]));

  expect(ringing(desk, NOW + 22_000)?.offerId).toBe('o-1');
  expect(ringing(desk, NOW + 24_000)).toBeNull();
});

test('a desk that was replaced does not ring', () => {
  const desk = after(START, 'ContactOffered', agent([offer()]));

  expect(ringing(next(desk, { do: 'taken-over' }), NOW)).toBeNull();
});

test('the difference between the two clocks is taken from the events', () => {
  const desk = next(START, { do: 'event', event: event(2, 'StatusChanged', agent()), now: NOW - 3_000 });

  expect(desk.skewMs).toBe(3_000);
});

test('only a connected voice contact needs sound', () => {
  expect(voiceContact(agent([offer(), contact({ channel: 'CHAT' }), contact({ state: 'ENDED' })]))).toBeNull();
  expect(voiceContact(agent([contact()]))?.contactId).toBe('c-1');
});

test('what the agent does is named after the most urgent contact', () => {
  expect(activity(agent())).toBeNull();
  expect(activity(agent([offer()]))).toBe('Incoming contact');
  expect(activity(agent([offer({ contactId: 'c-2' }), contact({ channel: 'CHAT' })]))).toBe('In a chat');
  expect(activity(agent([contact({ state: 'ENDED' })]))).toBe('After contact work');
});

test('a missed contact alone does not hold a status back', () => {
  expect(isBusy(agent([contact({ state: 'MISSED' })]))).toBe(false);
  expect(isBusy(agent([contact({ state: 'ENDED' })]))).toBe(true);
});

test('nobody talks while a whisper runs; a call on hold keeps its line', () => {
  const sound = (part: Partial<DeskContact>): boolean => voiceContact(agent([contact(part)])) !== null;

  expect([sound({}), sound({ isJoined: false }), sound({ isJoined: false, held: 'CUSTOMER' })]).toEqual([true, false, true]);
});

test('a call that is joined and a task can be put aside; a chat cannot, nor what is aside already', () => {
  const can = (part: Partial<DeskContact>): boolean => canHold(contact(part));

  expect([can({}), can({ isJoined: false }), can({ channel: 'TASK', isJoined: false }), can({ channel: 'CHAT' }), can({ held: 'CUSTOMER' }), can({ state: 'ENDED' })]).toEqual([true, false, true, false, false, false]);
});

test('an agent who has somebody on hold is seen to', () => {
  expect(activity(agent([contact({ held: 'CUSTOMER', isJoined: false })]))).toBe('On hold');
  expect(activity(agent([contact({ channel: 'TASK' })]))).toBe('On a task');
});
