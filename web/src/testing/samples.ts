/** An agent, contacts, events and tickets for tests; each takes what differs. */

import type { Agent, AgentSetup, DeskContact, DeskEvent, DeskEventKind, DeskSnapshot, Flow, Item, ScreenPop, Ticket } from '../api/types';

export const T0 = '2026-03-02T14:00:00.000Z';
export const NOW = Date.parse(T0);

export function contact(part: Partial<DeskContact> = {}): DeskContact {
  return {
    contactId: 'c-1',
    channel: 'VOICE',
    state: 'CONNECTED',
    since: T0,
    offerId: null,
    expiresAt: null,
    acwEndsAt: null,
    queueName: 'Sales',
    customerName: 'Ana Souza',
    customerEndpoint: '+12025550123',
    isRecorded: true,
    isJoined: true,
    held: null,
    ...part,
  };
}

export function offer(part: Partial<DeskContact> = {}): DeskContact {
  return contact({ state: 'CONNECTING', offerId: 'o-1', expiresAt: '2026-03-02T14:00:20.000Z', ...part });
}

export function agent(contacts: DeskContact[] = [], part: Partial<Agent> = {}): Agent {
  return {
    agentId: 'a-1',
    username: 'ben',
    name: 'Ben Ortiz',
    status: { name: 'Available', type: 'ROUTABLE', since: T0 },
    nextStatus: null,
    contacts,
    ...part,
  };
}

export function snapshot(seq: number, state: Agent = agent()): DeskSnapshot {
  return { type: 'snapshot', seq, agent: state };
}

export function event(seq: number, kind: DeskEventKind, state: Agent, part: Partial<DeskEvent> = {}): DeskEvent {
  return { type: 'event', seq, kind, at: T0, agent: state, ...part };
}

export function item(part: Partial<Item> = {}): Item {
  return {
    Id: 'i-1',
    AbsoluteTime: T0,
    Type: 'MESSAGE',
    ContentType: 'text/plain',
    Content: 'Hello',
    ContactId: 'c-1',
    ParticipantRole: 'CUSTOMER',
    DisplayName: 'Ana',
    ...part,
  };
}

export function chatEvent(name: string, part: Partial<Item> = {}): Item {
  return item({ Type: 'EVENT', ContentType: `application/vnd.amazonaws.connect.event.${name}`, Content: undefined, ...part });
}

export const SETUP: AgentSetup = {
  agentId: 'a-1',
  routingProfile: { id: 'rp-1', name: 'Sales', queues: [{ id: 'q-sales', name: 'Sales', closingScript: 'Say goodbye.' }] },
  statuses: [
    { name: 'Available', type: 'ROUTABLE' },
    { name: 'Break', type: 'CUSTOM' },
    { name: 'Offline', type: 'OFFLINE' },
  ],
  dispositions: [
    { id: 'sale', label: 'Sale', queueIds: ['q-sales'] },
    { id: 'refund', label: 'Refund', queueIds: ['q-billing'] },
    { id: 'info', label: 'Information given', queueIds: [] },
  ],
  iceServers: [],
};

export function pop(part: Partial<ScreenPop> = {}): ScreenPop {
  return {
    contactId: 'c-1',
    channel: 'VOICE',
    queue: { id: 'q-sales', name: 'Sales' },
    waitSeconds: 23,
    customerEndpoint: '+12025550123',
    attributes: {},
    initiationMethod: 'INBOUND',
    subject: null,
    customer: { customerId: 'C-1', name: 'Ana Souza', language: 'pt-BR', phones: ['+12025550123', '+12025550124'], emails: [] },
    candidates: [],
    historyState: 'ready',
    history: [],
    tickets: [{ ticketId: 'T-17', subject: 'Charged twice', status: 'follow-up', updatedAt: T0, owner: 'mia', version: 4 }],
    ...part,
  };
}

export function ticket(part: Partial<Ticket> = {}): Ticket {
  return {
    ticketId: 'T-17',
    version: 4,
    status: 'open',
    subject: 'Charged twice',
    customerId: 'C-1',
    contactIds: ['c-1'],
    owner: 'mia',
    dueAt: null,
    createdAt: T0,
    updatedAt: T0,
    closedAt: null,
    follows: null,
    kind: '',
    sla: null,
    asked: null,
    links: [],
    feedback: null,
    notes: [],
    history: [],
    ...part,
  };
}

export function flow(part: Partial<Flow> = {}): Flow {
  return {
    flowId: 'f-1',
    arn: 'arn:aws:connect:us-east-1:000000000000:instance/i-1/contact-flow/f-1',
    name: 'Main inbound',
    type: 'CONTACT_FLOW',
    description: '',
    state: 'ACTIVE',
    tags: {},
    liveVersion: 2,
    newestVersion: 2,
    changedAt: T0,
    draft: null,
    canary: null,
    ...part,
  };
}
