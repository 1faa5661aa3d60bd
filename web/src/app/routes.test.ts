import { expect, test } from 'vitest';
import type { Group, Me } from '../api/types';
import { SETUP } from '../testing/samples';
import { HREF, mayOpen, menuOf, parseRoute, sectionOf } from './routes';

const me = (groups: Group[], isAgent = false): Me => ({ username: 'u', name: 'U', groups, agent: isAgent ? SETUP : null });
const menu = (groups: Group[], isAgent = false): string[] => menuOf(me(groups, isAgent)).map(({ text }) => text);

test('every address leads to its page and back', () => {
  expect(parseRoute(HREF.desk)).toEqual({ page: 'desk' });
  expect(parseRoute(HREF.ticket('T/17 a'))).toEqual({ page: 'ticket', ticketId: 'T/17 a' });
  expect(parseRoute(HREF.flow('f-1'))).toEqual({ page: 'flow', flowId: 'f-1' });
  expect(parseRoute(HREF.line('q/sales', 'VOICE'))).toEqual({ page: 'line', queueId: 'q/sales', channel: 'VOICE' });
  expect(parseRoute(HREF.report('daily-queues', '2026-Q1'))).toEqual({ page: 'report', report: 'daily-queues', period: '2026-Q1' });
  expect(parseRoute(HREF.schedules)).toEqual({ page: 'schedules' });
  expect(parseRoute(HREF.customer('C-1/x'))).toEqual({ page: 'customer', customerId: 'C-1/x' });
  expect(parseRoute(HREF.contact('c-1'))).toEqual({ page: 'contact', contactId: 'c-1' });
  expect(['', '#', '#/'].map(parseRoute)).toEqual([{ page: 'home' }, { page: 'home' }, { page: 'home' }]);
});

test('a query behind the address does not change the page', () => {
  expect(parseRoute('#/desk?raw')).toEqual({ page: 'desk' });
});

test('an address nobody has is said to be unknown, even a broken one', () => {
  expect(parseRoute('#/nowhere/at/all')).toEqual({ page: 'unknown', path: 'nowhere/at/all' });
  expect(parseRoute('#/live/q-1/PIGEON')).toEqual({ page: 'unknown', path: 'live/q-1/PIGEON' });
  expect(parseRoute('#/tickets/%E0%A4%A')).toEqual({ page: 'ticket', ticketId: '%E0%A4%A' });
});

test('each role has its pages, and starts on the first', () => {
  expect(menu(['agent'], true)).toEqual(['Desk', 'Tickets', 'Customers', 'Contacts', 'Rewards']);
  expect(menu(['supervisor'])).toEqual(['Live', 'Callbacks', 'Tickets', 'Feedback', 'Customers', 'Contacts', 'Flows', 'Outcomes', 'Reports']);
  expect(menu(['admin'])).toEqual(['Live', 'Callbacks', 'Customers', 'Contacts', 'Flows', 'Prompts', 'Outcomes', 'Reports', 'Rewards']);
  expect(menu(['finance'])).toEqual(['Reports', 'Rewards']);
  expect(menu(['trainee'])).toEqual([]);
});

test('a page of another role is not opened', () => {
  expect(mayOpen(me(['finance']), { page: 'ticket', ticketId: 'T-1' })).toBe(false);
  expect(mayOpen(me(['finance']), { page: 'reports' })).toBe(true);
  expect(mayOpen(me(['finance']), { page: 'report', report: 'daily-queues', period: '2026-03-08' })).toBe(true);
  expect(mayOpen(me(['finance']), { page: 'customer', customerId: 'C-1' })).toBe(false);
  expect(mayOpen(me(['finance']), { page: 'contact', contactId: 'c-1' })).toBe(false);
  expect(mayOpen(me(['agent']), { page: 'schedules' })).toBe(false);
  expect(mayOpen(me(['agent']), { page: 'desk' })).toBe(false);
  expect(mayOpen(me(['trainee']), { page: 'home' })).toBe(true);
});

test('a page belongs to its entry of the menu', () => {
  expect(sectionOf({ page: 'ticket', ticketId: 'T-1' })).toBe(HREF.tickets);
  expect(sectionOf({ page: 'flow', flowId: 'f-1' })).toBe(HREF.flows);
  expect(sectionOf({ page: 'line', queueId: 'q-1', channel: 'CHAT' })).toBe(HREF.live);
  expect(sectionOf({ page: 'contact', contactId: 'c-1' })).toBe(HREF.search);
  expect(sectionOf({ page: 'customer', customerId: 'C-1' })).toBe(HREF.customers);
  expect(sectionOf({ page: 'report', report: 'daily-queues', period: '2026' })).toBe(HREF.reports);
});
