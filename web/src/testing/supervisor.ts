/** The center at a moment, for tests; each takes what differs. */

import type { AgentNow, Callback, LineNow, LiveAlert, LiveNow, Standing } from '../api/live';
import { agent, T0 } from './samples';

export function line(part: Partial<LineNow> = {}): LineNow {
  return {
    queueId: 'q-1',
    name: 'Sales',
    channel: 'VOICE',
    waiting: 0,
    ringing: 0,
    scheduled: 0,
    oldestSeconds: null,
    limit: null,
    staffed: 0,
    available: 0,
    onContact: 0,
    afterContactWork: 0,
    missed: 0,
    estimatedWaitSeconds: null,
    ...part,
  };
}

export function agentNow(part: Partial<AgentNow> = {}): AgentNow {
  return { ...agent(), routingProfile: { id: 'rp-1', name: 'General' }, isReachable: true, lastHeardAt: T0, missedInRow: 0, activity: 'Available', ...part };
}

export function alert(part: Partial<LiveAlert> = {}): LiveAlert {
  return { id: 'al-1', at: T0, kind: 'DESK_SILENT', agentId: 'a-1', queueId: null, ticketId: null, text: 'The desk of Ben Ortiz has fallen silent.', ...part };
}

export function live(part: Partial<LiveNow> = {}): LiveNow {
  return {
    at: T0,
    queues: [],
    agents: [],
    statuses: [
      { name: 'Available', type: 'ROUTABLE' },
      { name: 'Break', type: 'CUSTOM' },
      { name: 'Offline', type: 'OFFLINE' },
    ],
    alerts: [],
    ...part,
  };
}

export function standing(part: Partial<Standing> = {}): Standing {
  return {
    contactId: 'c-1',
    channel: 'VOICE',
    position: 1,
    priority: 5,
    since: T0,
    waitSeconds: 30,
    state: 'WAITING',
    customerName: 'Ana Souza',
    customerEndpoint: '+12025550123',
    agentName: null,
    ...part,
  };
}

export function callback(part: Partial<Callback> = {}): Callback {
  return {
    contactId: 'c-9',
    number: '+12025550177',
    customerName: 'Ana Souza',
    queueId: 'q-1',
    queueName: 'Sales',
    askedAt: T0,
    since: T0,
    place: null,
    state: 'SCHEDULED',
    dueAt: null,
    attemptsLeft: 3,
    lastOutcome: null,
    ...part,
  };
}
