/** A contact's facts as a story: one line per fact, the flow's blocks readable. */

import type { Fact, RecordingRef } from '../api/types';
import { spaced } from '../app/format';

export type Tone = 'neutral' | 'good' | 'warn' | 'flow';

export interface Step {
  seq: number;
  at: string;
  tone: Tone;
  title: string;
  detail: string | null;
  /** Further values, in the order they matter. */
  pairs: { label: string; value: string }[];
}

type Teller = (fact: Fact) => Partial<Step> & { title: string };

/** How each kind of fact is told; what is left of its fields follows as pairs. */
const TELLERS: Record<string, Teller> = {
  ContactInitiated: (fact) => ({
    title: 'Contact began',
    detail: sentenceOf(fact, 'channel', 'initiationMethod'),
    pairs: [...endpoint('from', fact.customerEndpoint), ...endpoint('to', fact.systemEndpoint), ...pairsOf(fact.attributes)],
  }),
  FlowStarted: (fact) => ({ title: `Flow ${word(fact.flowName)}`, detail: `version ${word(fact.flowVersion)}`, tone: 'flow', pairs: [] }),
  BlockExecuted: block,
  FlowEnded: () => ({ title: 'Flow ended', tone: 'flow', pairs: [] }),
  ContactQueued: (fact) => ({ title: `Waits in ${word(fact.queueName)}`, detail: `priority ${word(fact.priority)}`, pairs: [] }),
  ContactOffered: (fact) => ({ title: `Offered to ${word(fact.agentId)}`, detail: word(fact.why), pairs: [{ label: 'until', value: word(fact.expiresAt) }] }),
  OfferEnded: (fact) => ({ title: `Offer ${word(fact.outcome).toLowerCase()}`, detail: word(fact.agentId), tone: 'warn', pairs: [] }),
  ContactConnected: (fact) => ({ title: `Connected with ${word(fact.username)}`, detail: word(fact.routingProfileName), tone: 'good', pairs: [] }),
  ContactDisconnected: (fact) => ({ title: 'Disconnected', detail: sentenceOf(fact, 'reason'), pairs: [{ label: 'while', value: word(fact.wasIn) }] }),
  AfterContactWorkStarted: (fact) => ({
    title: 'After contact work began',
    pairs: fact.endsAt ? [{ label: 'ends at the latest', value: word(fact.endsAt) }] : [],
  }),
  AfterContactWorkEnded: (fact) => ({
    title: 'After contact work ended',
    detail: fact.isByServer === true ? 'by the center: no outcome was given' : `outcome ${word(fact.disposition)}`,
    tone: fact.isByServer === true ? 'warn' : 'good',
    pairs: filled(fact, 'isSatisfied', 'ticketId', 'ticketStatus', 'ticketSubject', 'note'),
  }),
  ContactCompleted: () => ({ title: 'Contact completed', tone: 'good', pairs: [] }),
  AttributesUpdated: (fact) => ({ title: 'Attributes updated', pairs: pairsOf(fact.attributes) }),
  CustomerIdentified: (fact) => ({ title: identified(fact), detail: word(fact.customerId), pairs: [] }),
  TicketLinked: (fact) => ({ title: 'Ticket linked', detail: word(fact.ticketId), pairs: [] }),
  RecordingStored: (fact) => ({
    title: `Recording ${word(fact.segment)} stored`,
    detail: `${word(fact.seconds)} s, ${word(fact.channels)} channels`,
    pairs: filled(fact, 'key', 'sha256', 'missingChunks'),
  }),
  RecordingPlayed: (fact) => ({ title: `Recording ${word(fact.segment)} played`, detail: `link given to ${word(fact.username)}`, tone: 'warn', pairs: filled(fact, 'linkExpiresAt') }),
  TranscriptStored: (fact) => ({ title: 'Transcript stored', detail: `${word(fact.messages)} messages`, pairs: filled(fact, 'key') }),
};

const NOT_TOLD = new Set(['seq', 'at', 'type', 'contactId']);

export function story(facts: readonly Fact[]): Step[] {
  return [...facts].sort((a, b) => a.seq - b.seq).map(tell);
}

/** The recordings that lie in the bucket, the latest fact of each segment. */
export function recordingsOf(facts: readonly Fact[]): RecordingRef[] {
  const bySegment = new Map<string, RecordingRef>();
  for (const fact of facts) {
    if (fact.type === 'RecordingStored') bySegment.set(word(fact.segment), { segment: word(fact.segment), seconds: Number(fact.seconds) });
  }
  return [...bySegment.values()];
}

export function isChat(facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact.type === 'ContactInitiated' && fact.channel === 'CHAT');
}

function tell(fact: Fact): Step {
  const told = TELLERS[fact.type]?.(fact) ?? { title: spaced(fact.type) };
  return { seq: fact.seq, at: fact.at, tone: 'neutral', detail: null, pairs: rest(fact), ...told };
}

function block(fact: Fact): Partial<Step> & { title: string } {
  const given = pairsOf(fact.given);
  const changed = pairsOf(fact.changed).map(({ label, value }) => ({ label: `set ${label}`, value }));
  const target = fact.nextBlockId ? ` → ${word(fact.nextBlockId)}` : '';
  return {
    title: spaced(word(fact.blockType)),
    detail: `${word(fact.branch)}${target} · ${word(fact.tookMs)} ms`,
    tone: 'flow',
    pairs: [{ label: 'block', value: word(fact.blockId) }, ...given, ...changed],
  };
}

function rest(fact: Fact): Step['pairs'] {
  return filled(fact, ...Object.keys(fact).filter((label) => !NOT_TOLD.has(label)));
}

/** Those of the fields that say something. */
function filled(fact: Fact, ...fields: string[]): Step['pairs'] {
  return fields
    .filter((field) => fact[field] !== null && fact[field] !== undefined && fact[field] !== '' && fact[field] !== 0)
    .map((field) => ({ label: spaced(field).toLowerCase(), value: word(fact[field]) }));
}

function endpoint(label: string, value: unknown): Step['pairs'] {
  const address = (value as { address?: string } | null | undefined)?.address;
  return address ? [{ label, value: address }] : [];
}

function identified(fact: Fact): string {
  if (!fact.customerId) return 'No customer chosen: several share the number';
  return fact.isNew === true ? 'New customer' : 'Customer found';
}

function pairsOf(value: unknown): Step['pairs'] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([label, each]) => ({ label, value: word(each) }));
}

/** `VOICE` and `WEBRTC_API` read as `voice, webrtc api`. */
function sentenceOf(fact: Fact, ...fields: string[]): string {
  return fields.map((field) => word(fact[field]).toLowerCase().replaceAll('_', ' ')).join(', ');
}

function word(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}
