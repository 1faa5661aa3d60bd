import { expect, test } from 'vitest';
import { contact, pop, SETUP } from '../testing/samples';
import { answerSatisfied, blank, caution, chooseTicket, complete, dispositionsFor, lengthOf, NEW_TICKET, parseDraft, problems, type WrapUp } from './wrapUp';

const BLANK = blank(contact());
const FILLED: WrapUp = { ...BLANK, disposition: 'sale', note: 'Wants a quote.' };

test('a new wrap-up proposes a subject and an open ticket', () => {
  expect(BLANK).toMatchObject({ ticket: NEW_TICKET, ticketStatus: 'open', subject: 'Call with Ana Souza (Sales)', disposition: null });
});

test('without an outcome nothing is complete', () => {
  expect(problems(BLANK)).toEqual({ disposition: 'Choose how the contact ended.' });
  expect(complete('c-1', BLANK)).toBeNull();
});

test('a new ticket needs a subject, an existing one does not', () => {
  expect(problems({ ...FILLED, subject: '  ' })).toHaveProperty('subject');
  expect(problems({ ...FILLED, subject: '  ', ticket: 'T-17' })).toEqual({});
});

test('a complete wrap-up becomes the command of the protocol', () => {
  expect(complete('c-1', FILLED)).toEqual({
    type: 'complete',
    contactId: 'c-1',
    disposition: 'sale',
    satisfied: false,
    note: 'Wants a quote.',
    ticket: { ticketId: null, status: 'open', subject: 'Call with Ana Souza (Sales)' },
  });
});

test('an existing ticket is named and its subject stays', () => {
  expect(complete('c-1', { ...FILLED, ticket: 'T-17' })).toMatchObject({ ticket: { ticketId: 'T-17', subject: '' } });
});

test('a note goes out exactly as it was typed', () => {
  const note = '  مرحبا 😀\n\ttwo lines ';

  expect(complete('c-1', { ...FILLED, note })).toMatchObject({ note });
});

test('ten thousand characters fit, one more does not, and an emoji is one', () => {
  expect(problems({ ...FILLED, note: '😀'.repeat(10_000) })).toEqual({});
  expect(problems({ ...FILLED, note: 'x'.repeat(10_001) })).toHaveProperty('note');
  expect(lengthOf('😀')).toBe(1);
});

test('a satisfied customer proposes resolved, and taking it back proposes open again', () => {
  const satisfied = answerSatisfied(FILLED, true);

  expect(satisfied).toMatchObject({ isSatisfied: true, ticketStatus: 'resolved' });
  expect(answerSatisfied(satisfied, false).ticketStatus).toBe('open');
});

test('a status the agent chose is not overruled by the answer', () => {
  expect(answerSatisfied({ ...FILLED, ticketStatus: 'follow-up' }, true).ticketStatus).toBe('follow-up');
});

test('closing a ticket of a customer who may have questions is a hint, not an error', () => {
  expect(caution({ ...FILLED, ticketStatus: 'closed' })).toContain('not confirmed');
  expect(caution({ ...FILLED, ticketStatus: 'closed', isSatisfied: true })).toBeNull();
  expect(problems({ ...FILLED, ticketStatus: 'closed' })).toEqual({});
});

test('choosing an existing ticket takes over its status', () => {
  expect(chooseTicket(FILLED, 'T-17', pop().tickets)).toMatchObject({ ticket: 'T-17', ticketStatus: 'follow-up' });
});

test('outcomes are those of the queue and those of all queues', () => {
  expect(dispositionsFor(SETUP.dispositions, 'q-sales').map(({ id }) => id)).toEqual(['sale', 'info']);
  expect(dispositionsFor(SETUP.dispositions, null).map(({ id }) => id)).toEqual(['sale', 'refund', 'info']);
});

test('how the customer is asked goes out with a ticket that is closed, and with no other', () => {
  const asking: WrapUp = { ...FILLED, ticketStatus: 'closed', askBy: 'call' };

  expect(complete('c-1', asking)).toMatchObject({ ticket: { status: 'closed', feedback: 'call' } });
  expect(complete('c-1', { ...asking, ticketStatus: 'resolved' })).toMatchObject({ ticket: expect.not.objectContaining({ feedback: 'call' }) as object });
});

test('a draft of an older console asks nobody', () => {
  const old = JSON.stringify({ ...FILLED, askBy: undefined });

  expect(parseDraft(old)).toEqual({ ...FILLED, askBy: 'none' });
});

test('a kept draft comes back whole, and garbage is no draft', () => {
  expect(parseDraft(JSON.stringify(FILLED))).toEqual(FILLED);
  expect([null, '', 'x', '7', '{"note":1}'].map(parseDraft)).toEqual([null, null, null, null, null]);
});
