/** What the agent's desk shows, decided from what the server said and what the agent has typed so far. */

import type { Agent, DeskContact, DeskEvent, DeskSnapshot } from '../api/types';

export interface Notice {
  id: string;
  type: 'info' | 'success' | 'warning' | 'error';
  text: string;
  /** What the agent wrote and the center did not take: it stands here until the agent has put it elsewhere. */
  written?: string;
}

export interface Desk {
  /** Server truth; null until the first snapshot. */
  agent: Agent | null;
  selected: string | null;
  /** Whether keys may go to what is selected: not if it came by itself in place of another, which the agent may still be typing for. */
  takesKeys: boolean;
  notices: Notice[];
  /** What a screen reader is told about the last change. */
  announcement: string;
  /** Server clock minus ours, so that countdowns agree with the server. */
  skewMs: number;
  isSignedInElsewhere: boolean;
}

export const EMPTY_DESK: Desk = {
  agent: null,
  selected: null,
  takesKeys: true,
  notices: [],
  announcement: '',
  skewMs: 0,
  isSignedInElsewhere: false,
};

export type DeskAction =
  | { do: 'snapshot'; snapshot: DeskSnapshot }
  | { do: 'event'; event: DeskEvent; now: number }
  | { do: 'taken-over' }
  | { do: 'select'; contactId: string }
  | { do: 'notice'; notice: Notice }
  | { do: 'dismiss'; id: string };

export function next(desk: Desk, action: DeskAction): Desk {
  switch (action.do) {
    case 'snapshot':
      return settle({ ...desk, agent: action.snapshot.agent });
    case 'event':
      return happened(desk, action.event, action.now);
    case 'taken-over':
      return { ...desk, isSignedInElsewhere: true, announcement: 'You signed in somewhere else. This desk is closed.' };
    case 'select':
      return has(desk.agent, action.contactId) ? { ...desk, selected: action.contactId, takesKeys: true } : desk;
    case 'notice':
      return withNotice(desk, action.notice);
    case 'dismiss':
      return { ...desk, notices: desk.notices.filter((notice) => notice.id !== action.id) };
  }
}

/** The contact that rings here now, if one does. */
export function offerOf(agent: Agent | null): DeskContact | null {
  return agent?.contacts.find((contact) => contact.state === 'CONNECTING' && contact.offerId !== null) ?? null;
}

/** How long an offer whose end was not heard of is still shown: the line may be down, and it must not ring for ever. */
const OVERDUE_MS = 3_000;

/** The offer to ring for: none on a desk that was replaced, none whose time is long over. */
export function ringing(desk: Desk, serverNow: number): DeskContact | null {
  const offer = desk.isSignedInElsewhere ? null : offerOf(desk.agent);
  const isOverdue = offer?.expiresAt ? serverNow > Date.parse(offer.expiresAt) + OVERDUE_MS : false;
  return isOverdue ? null : offer;
}

/** Contacts in the order an agent wants them: talking, after contact work, ringing, missed; the oldest first in each. */
export function inbox(agent: Agent | null): DeskContact[] {
  return [...(agent?.contacts ?? [])].sort((a, b) => RANK[a.state] - RANK[b.state] || a.since.localeCompare(b.since));
}

export function contactOf(agent: Agent | null, contactId: string | null): DeskContact | null {
  return agent?.contacts.find((contact) => contact.contactId === contactId) ?? null;
}

/** The conversation whose sound this page must carry, if there is one: not before the whispers are over. */
export function voiceContact(agent: Agent | null): DeskContact | null {
  return agent?.contacts.find((contact) => contact.channel === 'VOICE' && contact.state === 'CONNECTED' && !contact.line && !contact.isCaller && !isWhispering(contact)) ?? null;
}

/** The colleague whom this agent has called, if there is one. */
export function calledColleague(agent: Agent | null): DeskContact | null {
  return agent?.contacts.find(({ isCaller }) => isCaller) ?? null;
}

/** Answered, but a whisper to one of the two still runs: nobody talks yet. */
export function isWhispering(contact: DeskContact): boolean {
  return contact.state === 'CONNECTED' && !contact.isJoined && contact.held === null;
}

/** Whether the agent can put it aside: a call once both are joined, a task at any time, never a chat. */
export function canHold(contact: DeskContact): boolean {
  if (contact.state !== 'CONNECTED' || contact.held !== null) return false;
  return contact.channel === 'TASK' || (contact.channel === 'VOICE' && contact.isJoined);
}

/** Whether a status the agent chooses now takes effect only later, when the contacts are done. */
export function isBusy(agent: Agent | null): boolean {
  return agent?.contacts.some((contact) => contact.state !== 'MISSED') ?? false;
}

/** What the agent is doing, where the chosen status does not say it. */
export function activity(agent: Agent): string | null {
  const first = inbox(agent)[0];
  if (!first) return null;
  if (first.state !== 'CONNECTED') return ACTIVITIES[first.state];
  return first.held === null ? CHANNELS[first.channel].doing : 'On hold';
}

/** How each channel is called, and what the agent does on it. */
export const CHANNELS: Record<DeskContact['channel'], { name: string; doing: string; icon: 'call' | 'contact' | 'status-positive' | 'envelope' }> = {
  VOICE: { name: 'call', doing: 'On a call', icon: 'call' },
  CHAT: { name: 'chat', doing: 'In a chat', icon: 'contact' },
  TASK: { name: 'task', doing: 'On a task', icon: 'status-positive' },
  EMAIL: { name: 'email', doing: 'On an email', icon: 'envelope' },
};

const ACTIVITIES: Record<Exclude<DeskContact['state'], 'CONNECTED'>, string> = {
  CONNECTING: 'Incoming contact',
  ENDED: 'After contact work',
  MISSED: 'Missed contact',
};

export function caller(contact: Pick<DeskContact, 'customerName' | 'customerEndpoint'>): string {
  return contact.customerName ?? contact.customerEndpoint ?? 'Unknown customer';
}

/** Share of the offer's time that is left, 0 to 1, and the whole seconds. */
export function countdown(contact: DeskContact, serverNow: number): { seconds: number; share: number } {
  const until = contact.expiresAt ? Date.parse(contact.expiresAt) : serverNow;
  const total = Math.max(1, until - Date.parse(contact.since));
  const left = Math.max(0, until - serverNow);
  return { seconds: Math.ceil(left / 1000), share: Math.min(1, left / total) };
}

const RANK: Record<DeskContact['state'], number> = { CONNECTED: 0, ENDED: 1, CONNECTING: 2, MISSED: 3 };

function happened(desk: Desk, event: DeskEvent, now: number): Desk {
  const before = desk.agent;
  const moved = settle({
    ...desk,
    agent: event.agent,
    skewMs: Date.parse(event.at) - now,
    announcement: announce(before, event) ?? desk.announcement,
  });
  const focused = focusOn(moved, event);
  const notice = noticeFor(before, event);
  return notice ? withNotice(focused, notice) : focused;
}

/** A contact that was just answered is the one the agent wants to see, unless it was taken by itself and another is in hand. */
function focusOn(desk: Desk, event: DeskEvent): Desk {
  if (event.kind !== 'ContactConnected') return desk;
  const connected = subject(event, 'CONNECTED');
  const isInHand = desk.agent?.autoAccept && IN_HAND.has(contactOf(desk.agent, desk.selected)?.state);
  return connected && !isInHand ? shown(desk, connected.contactId) : desk;
}

const IN_HAND = new Set<DeskContact['state'] | undefined>(['CONNECTED', 'ENDED']);

/** Selected without the agent's asking. */
function shown(desk: Desk, contactId: string | null): Desk {
  return desk.selected === contactId ? desk : { ...desk, selected: contactId, takesKeys: desk.selected === null };
}

/** Keeps the selection on a contact that is still there, else moves it to the most urgent one; drops notices of contacts that left. */
function settle(desk: Desk): Desk {
  const present = new Set(desk.agent?.contacts.map(({ contactId }) => missedId(contactId)));
  const notices = desk.notices.filter(({ id }) => !id.startsWith(missedId('')) || present.has(id));
  const selected = has(desk.agent, desk.selected) ? desk.selected : (inbox(desk.agent)[0]?.contactId ?? null);
  return shown({ ...desk, notices }, selected);
}

const SHOWN_AT_ONCE = 4;

const missedId = (contactId: string): string => `missed-${contactId}`;

function announce(before: Agent | null, event: DeskEvent): string | null {
  switch (event.kind) {
    case 'ContactOffered':
      return announceOffer(offerOf(event.agent));
    case 'StatusChanged':
      return before?.status.name === event.agent.status.name ? null : `Your status is now ${event.agent.status.name}.`;
    default:
      return ANNOUNCEMENTS[event.kind];
  }
}

const ANNOUNCEMENTS: Record<Exclude<DeskEvent['kind'], 'ContactOffered' | 'StatusChanged'>, string> = {
  OfferEnded: 'The offer has ended.',
  ContactConnected: 'Connected.',
  ContactJoined: 'You talk with the customer now.',
  ContactHeld: 'On hold.',
  ContactResumed: 'No longer on hold.',
  ContactDisconnected: 'The contact has ended. After contact work has started.',
  ContactCompleted: 'Contact completed.',
};

function announceOffer(offer: DeskContact | null): string | null {
  if (!offer) return null;
  return `Incoming ${CHANNELS[offer.channel].name} from ${caller(offer)}, queue ${offer.queueName}. Press A to accept, R to reject.`;
}

function noticeFor(before: Agent | null, event: DeskEvent): Notice | null {
  if (event.kind === 'OfferEnded') return missed(before, event.agent);
  if (event.kind === 'StatusChanged' && event.by) return { id: `event-${event.seq}`, type: 'info', text: setBy(event.by, event.agent) };
  if (event.kind === 'StatusChanged' && before?.nextStatus && !event.agent.nextStatus && isBusy(event.agent)) {
    return { id: `event-${event.seq}`, type: 'info', text: `${before.nextStatus.name} is no longer next: you stay ${event.agent.status.name} after this contact.` };
  }
  return null;
}

/** A supervisor chose; agents are told by whom. */
function setBy(by: string, { status, nextStatus }: Agent): string {
  return nextStatus ? `${by} chose ${nextStatus.name} for you: it begins when the work in hand is done.` : `${by} set your status to ${status.name}.`;
}

function missed(before: Agent | null, after: Agent): Notice | null {
  const offer = offerOf(before);
  if (!offer) return null;
  const now = contactOf(after, offer.contactId);
  if (now?.state !== 'MISSED') return null;
  return { id: missedId(now.contactId), type: 'warning', text: `You missed ${caller(offer)} (${offer.queueName}). The contact went back to its queue and kept its place.` };
}

function subject(event: DeskEvent, state: DeskContact['state']): DeskContact | undefined {
  if (event.contactId) return contactOf(event.agent, event.contactId) ?? undefined;
  return [...event.agent.contacts].sort((a, b) => b.since.localeCompare(a.since)).find((contact) => contact.state === state);
}

function has(agent: Agent | null, contactId: string | null): boolean {
  return contactOf(agent, contactId) !== null;
}

function withNotice(desk: Desk, notice: Notice): Desk {
  const others = desk.notices.filter((other) => other.id !== notice.id && other.text !== notice.text);
  const all = [...others, notice];
  return { ...desk, notices: all.filter(({ written }, at) => written !== undefined || at >= all.length - SHOWN_AT_ONCE) };
}
