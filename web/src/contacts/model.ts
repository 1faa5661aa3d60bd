/** A contact's facts as a story: one line per fact, the flow's blocks readable. */

import type { Fact, RecordingRef } from '../api/types';

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

const TELLERS: Record<string, Teller> = {
  ContactInitiated: (fact) => ({ title: 'Contact began', detail: sentenceOf(word(fact.channel), word(fact.initiationMethod)) }),
  FlowStarted: (fact) => ({ title: `Flow ${word(fact.flowName)} began`, detail: `version ${word(fact.flowVersion)}`, tone: 'flow' }),
  BlockExecuted: block,
  FlowEnded: () => ({ title: 'Flow ended', tone: 'flow' }),
  ContactQueued: (fact) => ({ title: `Waits in ${word(fact.queueName)}`, detail: `priority ${word(fact.priority)}` }),
  ContactOffered: (fact) => ({ title: `Offered to ${word(fact.agentId)}`, detail: word(fact.why) }),
  OfferEnded: (fact) => ({ title: `Offer ${word(fact.outcome).toLowerCase()}`, detail: word(fact.agentId), tone: 'warn' }),
  ContactConnected: (fact) => ({ title: `Connected with ${word(fact.username)}`, detail: word(fact.routingProfileName), tone: 'good' }),
  ContactDisconnected: (fact) => ({ title: 'Disconnected', detail: word(fact.reason) }),
  AfterContactWorkStarted: () => ({ title: 'After contact work began' }),
  AfterContactWorkEnded: (fact) => ({
    title: 'After contact work ended',
    detail: fact.isByServer === true ? 'by the center: no outcome was given' : `outcome ${word(fact.disposition)}`,
    tone: fact.isByServer === true ? 'warn' : 'good',
  }),
  ContactCompleted: () => ({ title: 'Contact completed', tone: 'good' }),
  AttributesUpdated: (fact) => ({ title: 'Attributes updated', pairs: pairsOf(fact.attributes) }),
  CustomerIdentified: (fact) => ({ title: fact.isNew === true ? 'New customer' : 'Customer found', detail: word(fact.customerId) }),
  TicketLinked: (fact) => ({ title: 'Ticket linked', detail: word(fact.ticketId) }),
  RecordingStored: (fact) => ({ title: `Recording ${word(fact.segment)} stored`, detail: `${word(fact.seconds)} s, ${word(fact.channels)} channels` }),
  RecordingPlayed: (fact) => ({ title: `Recording ${word(fact.segment)} played`, detail: `link given to ${word(fact.username)}`, tone: 'warn' }),
  TranscriptStored: (fact) => ({ title: 'Transcript stored', detail: `${word(fact.messages)} messages` }),
};

const TOLD_ELSEWHERE = new Set(['seq', 'at', 'type', 'contactId', 'given', 'changed', 'attributes', 'candidates']);

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

/** `GetParticipantInput` reads as `Get participant input`. */
export function spaced(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
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
  return Object.entries(fact)
    .filter(([label, value]) => !TOLD_ELSEWHERE.has(label) && value !== null && value !== '')
    .map(([label, value]) => ({ label: spaced(label).toLowerCase(), value: word(value) }));
}

function pairsOf(value: unknown): Step['pairs'] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([label, each]) => ({ label, value: word(each) }));
}

function sentenceOf(...words: string[]): string {
  return words.map((each) => each.toLowerCase().replaceAll('_', ' ')).join(', ');
}

function word(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}
