import { expect, test } from 'vitest';
import { contact } from '../testing/samples';
import { agentNow, alert, callback, line, live, standing } from '../testing/supervisor';
import {
  agentChoices,
  besides,
  callbackLook,
  canCancel,
  consequence,
  contactText,
  doingSince,
  estimateText,
  freshness,
  isQuiet,
  lookOf,
  matching,
  oldestText,
  outcomeText,
  queueChoices,
  scheduledText,
  serverNow,
  shownAlerts,
  standingText,
  standsNow,
  statusDone,
  summary,
  trouble,
  waitingText,
  whoStands,
} from './model';

const T0 = '2026-03-02T14:00:00.000Z';
const NOW = Date.parse(T0);
const BREAK = { name: 'Break', type: 'CUSTOM' } as const;
const AVAILABLE = { name: 'Available', type: 'ROUTABLE' } as const;

test('clocks go by the server, however wrong this computer is', () => {
  expect(serverNow(T0, 5_000, 8_000)).toBe(NOW + 3_000);
});

test('what is shown is old only when it is, and then says how old and why', () => {
  expect(freshness(NOW, NOW + 11_000, 'no network')).toEqual({ look: 'success', text: 'Up to date' });
  expect(freshness(NOW, NOW + 75_000, 'The center cannot be reached.')).toEqual({ look: 'warning', text: '1 min 15 s old. The center cannot be reached.' });
  expect(freshness(NOW, NOW + 20_000, null).text).toBe('20 s old.');
});

test('a line with somebody in it and nobody there is in trouble, one without room a little', () => {
  expect(trouble(line({ waiting: 1, staffed: 0 }))).toEqual({ look: 'error', text: 'Nobody is there' });
  expect(trouble(line({ ringing: 1, waiting: 4, limit: 5, staffed: 1 }))).toEqual({ look: 'warning', text: 'Full' });
  expect(trouble(line({ waiting: 4, limit: 5, staffed: 1 }))).toBeNull();
  expect(trouble(line({ staffed: 0 }))).toBeNull();
});

test('a wait goes on between two looks', () => {
  expect(oldestText(line({ oldestSeconds: 58 }), 3)).toBe('1:01');
  expect(oldestText(line({ oldestSeconds: null }), 3)).toBe('–');
});

test('a line without a limit has no places, and without agents nothing to expect', () => {
  expect([waitingText(line({ waiting: 3 })), waitingText(line({ waiting: 3, limit: 5 }))]).toEqual(['3', '3 of 5']);
  expect([estimateText(line({ estimatedWaitSeconds: null })), estimateText(line({ estimatedWaitSeconds: 0 })), estimateText(line({ estimatedWaitSeconds: 95 }))]).toEqual(['Cannot tell', '0 s', '1 min 35 s']);
});

test('the center in a few numbers counts each agent once', () => {
  const agents = [
    agentNow({ activity: 'Available' }),
    agentNow({ activity: 'On contact' }),
    agentNow({ activity: 'After contact work' }),
    agentNow({ activity: 'Break', status: { ...BREAK, since: T0 } }),
    agentNow({ activity: 'Not reachable', isReachable: false }),
    agentNow({ activity: 'Offline', status: { name: 'Offline', type: 'OFFLINE', since: T0 } }),
  ];
  const queues = [line({ waiting: 2, ringing: 1, oldestSeconds: 30 }), line({ waiting: 1, oldestSeconds: 90 }), line()];

  expect(summary(live({ agents, queues }))).toEqual({ waiting: 4, oldestSeconds: 90, available: 1, onContact: 1, afterContactWork: 1, away: 1, notReachable: 1 });
  expect(summary(live({ queues: [line()] })).oldestSeconds).toBeNull();
});

test('each activity looks like what it is; a status of the center looks quiet', () => {
  expect(['Not reachable', 'Missed', 'Available', 'Lunch'].map(lookOf)).toEqual(['error', 'warning', 'success', 'pending']);
});

test('an activity lasts since its first contact, a silence since the last word, anything else since the status', () => {
  const [early, late] = ['2026-03-02T14:01:00.000Z', '2026-03-02T14:02:00.000Z'];
  const talks = [contact({ since: late }), contact({ since: early }), contact({ state: 'ENDED', since: T0 })];

  expect(doingSince(agentNow({ activity: 'On contact', contacts: talks }))).toBe(early);
  expect(doingSince(agentNow({ activity: 'Not reachable', isReachable: false, lastHeardAt: late }))).toBe(late);
  expect(doingSince(agentNow({ activity: 'Not reachable', isReachable: true, lastHeardAt: late }))).toBe(T0);
  expect(doingSince(agentNow({ activity: 'Available' }))).toBe(T0);
});

test('what the activity does not say is told besides', () => {
  const busy = { activity: 'On contact', nextStatus: { name: 'Break' }, missedInRow: 2 };

  expect([besides(agentNow()), besides(agentNow({ missedInRow: 1 })), besides(agentNow(busy))]).toEqual(['', 'one missed', 'Available, then Break, 2 missed in a row']);
  expect([standsNow(agentNow()), standsNow(agentNow(busy))]).toEqual(['Now: Available.', 'Now: On contact, in status Available.']);
});

test('a line is quiet when nobody waits and nobody is to be called', () => {
  expect([line(), line({ ringing: 1 }), line({ scheduled: 1 })].map(isQuiet)).toEqual([true, false, false]);
  expect([scheduledText(line({ scheduled: 1 })), scheduledText(line({ scheduled: 2 }))]).toEqual(['one callback later', '2 callbacks later']);
});

test('a contact in hand is told in words', () => {
  expect(contactText(contact())).toBe('Ana Souza · Sales');
  expect(contactText(contact({ customerName: null, queueName: '' }))).toBe('+12025550123');
});

test('agents are found by name, activity or routing profile', () => {
  const agents = [agentNow({ name: 'Ben Ortiz' }), agentNow({ name: 'Mai Linh', username: 'mai', activity: 'On contact' })];

  expect(matching(agents, ' ORTIZ').map(({ name }) => name)).toEqual(['Ben Ortiz']);
  expect(matching(agents, 'on con').map(({ name }) => name)).toEqual(['Mai Linh']);
  expect(matching(agents, '')).toHaveLength(2);
});

test('what a status will do is told before it is set', () => {
  expect(consequence(agentNow(), BREAK)).toBe('Nothing is offered from now on.');
  expect(consequence(agentNow({ contacts: [contact(), contact()] }), BREAK)).toBe('Break begins when the work in hand is done (2 contacts); nothing new is offered until then.');
  expect(consequence(agentNow({ contacts: [contact({ state: 'MISSED' })] }), AVAILABLE)).toBe('The missed contact is cleared. New contacts are offered from now on.');
  expect(consequence(agentNow({ isReachable: false }), AVAILABLE)).toContain('nothing is offered there until it is heard of again');
});

test('what came of it is told as the server answered', () => {
  expect(statusDone(agentNow({ status: { ...BREAK, since: T0 } }), 'Break')).toBe('Ben Ortiz is set to Break.');
  expect(statusDone(agentNow({ nextStatus: { name: 'Break' } }), 'Break')).toBe('Ben Ortiz goes to Break when the work in hand is done.');
});

test('a contact can go to every other queue, each once, with who is there for its channel', () => {
  const queues = [
    line(),
    line({ queueId: 'q-2', name: 'Support', waiting: 4, staffed: 2 }),
    line({ queueId: 'q-2', name: 'Support', channel: 'CHAT' }),
    line({ queueId: 'q-3', name: 'Billing', channel: 'CHAT', staffed: 1 }),
  ];

  expect(queueChoices(live({ queues }), 'q-1', 'VOICE')).toEqual([
    { value: 'q-2', label: 'Support', description: '2 staffed, 4 waiting' },
    { value: 'q-3', label: 'Billing', description: 'Nobody is there for calls' },
  ]);
});

test('a contact can go to agents who are there', () => {
  const agents = [agentNow(), agentNow({ agentId: 'a-2', isReachable: false }), agentNow({ agentId: 'a-3', status: { name: 'Offline', type: 'OFFLINE', since: T0 } })];

  expect(agentChoices(live({ agents }))).toEqual([{ value: 'a-1', label: 'Ben Ortiz', description: 'Available' }]);
});

test('who stands in line has a name, a number, or neither', () => {
  expect([whoStands(standing()), whoStands(standing({ customerName: null })), whoStands(standing({ customerName: null, customerEndpoint: null }))]).toEqual(['Ana Souza', '+12025550123', 'Unknown customer']);
  expect([standingText(standing()), standingText(standing({ state: 'RINGING', agentName: 'Ben' })), standingText(standing({ state: 'RINGING' }))]).toEqual(['Waiting', 'Ringing at Ben', 'Ringing']);
});

test('an alert is shown for a quarter of an hour, unless it was dismissed', () => {
  const alerts = [alert({ id: 'new' }), alert({ id: 'seen' }), alert({ id: 'old', at: '2026-03-02T13:45:00.000Z' })];

  expect(shownAlerts(alerts, new Set(['seen']), NOW).map(({ id }) => id)).toEqual(['new']);
});

test('a call back can be cancelled until the customer is called', () => {
  expect((['SCHEDULED', 'WAITING', 'RINGING', 'CONNECTED'] as const).map((state) => [callbackLook(state).text, canCancel(callback({ state }))])).toEqual([
    ['Scheduled', true],
    ['In line', true],
    ['Offered to an agent', true],
    ['Being called', false],
  ]);
  expect([outcomeText(null), outcomeText('NOT_REACHED'), outcomeText('NOT_DIALLED')]).toEqual(['–', 'Not reached', 'Could not be dialled; does not count']);
});
