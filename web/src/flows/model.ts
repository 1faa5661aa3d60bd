/** Flows as they are listed, published and tried out: words, numbers and what a form may say. */

import type { CanaryCounts, CanaryWish } from '../api/flows';
import type { Canary, Flow } from '../api/types';

export const FLOW_TYPES: readonly { value: string; label: string }[] = [
  { value: 'CONTACT_FLOW', label: 'Contact flow' },
  { value: 'CUSTOMER_QUEUE', label: 'Customer queue' },
  { value: 'CUSTOMER_HOLD', label: 'Customer hold' },
  { value: 'CUSTOMER_WHISPER', label: 'Customer whisper' },
  { value: 'AGENT_HOLD', label: 'Agent hold' },
  { value: 'AGENT_WHISPER', label: 'Agent whisper' },
  { value: 'OUTBOUND_WHISPER', label: 'Outbound whisper' },
  { value: 'AGENT_TRANSFER', label: 'Transfer to agent' },
  { value: 'QUEUE_TRANSFER', label: 'Transfer to queue' },
  { value: 'CAMPAIGN', label: 'Campaign' },
  { value: 'MODULE', label: 'Module' },
];

export function typeLabel(type: string): string {
  return FLOW_TYPES.find(({ value }) => value === type)?.label ?? type;
}

export type Kind = 'all' | 'flows' | 'modules';

/** Those that are of this kind and have every word somewhere in name, type, description or tags. */
export function found(flows: readonly Flow[], kind: Kind, text: string): Flow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return flows.filter((flow) => {
    if (kind !== 'all' && (flow.type === 'MODULE') !== (kind === 'modules')) return false;
    const tags = Object.entries(flow.tags).flat();
    const all = [flow.name, typeLabel(flow.type), flow.description, ...tags].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** The canary that runs now: one that has not ended, against the version that is live. */
export function trialOf({ canary, liveVersion }: Pick<Flow, 'canary' | 'liveVersion'>): Canary | null {
  return canary?.end === null && canary.against === liveVersion ? canary : null;
}

/** `3 of 120 (2.5 %)`: contacts that ran into an error. */
export function errorShare({ contacts, errors }: CanaryCounts): string {
  if (contacts === 0) return 'no contact yet';
  return `${errors} of ${contacts} (${percent(errors / contacts)})`;
}

export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

export interface CanaryForm {
  version: string;
  percent: string;
  errorPercent: string;
  windowMinutes: string;
  minimumContacts: string;
}

export const EMPTY_CANARY: CanaryForm = { version: '', percent: '10', errorPercent: '2', windowMinutes: '5', minimumContacts: '20' };

export type CanaryProblems = Partial<Record<keyof CanaryForm, string>>;

const LIMITS: Record<Exclude<keyof CanaryForm, 'version'>, [low: number, high: number]> = {
  percent: [1, 99],
  errorPercent: [0, 100],
  windowMinutes: [1, 60],
  minimumContacts: [1, 100_000],
};

export function canaryProblems(form: CanaryForm): CanaryProblems {
  const problems: CanaryProblems = form.version ? {} : { version: 'Choose a version.' };
  for (const [name, [low, high]] of Object.entries(LIMITS) as [keyof typeof LIMITS, [number, number]][]) {
    const value = form[name].trim() === '' ? NaN : Number(form[name]);
    if (!(value >= low && value <= high)) problems[name] = `From ${low} to ${high.toLocaleString('en')}.`;
  }
  return problems;
}

export function canaryWish(form: CanaryForm): CanaryWish {
  return {
    version: Number(form.version),
    percent: Number(form.percent),
    errorRate: Number(form.errorPercent) / 100,
    windowSeconds: Math.round(Number(form.windowMinutes) * 60),
    minimumContacts: Number(form.minimumContacts),
  };
}

/** `Main inbound`, version 12 → `main-inbound-12.json`. */
export function fileName(name: string, of: number | 'draft'): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${plain || 'flow'}-${of}.json`;
}

/** The text with two spaces per level; as it was when it is no JSON. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** What a new flow begins with: it says nothing and ends. */
export const FIRST_CONTENT = JSON.stringify(
  {
    Version: '2019-10-30',
    StartAction: 'Goodbye',
    Metadata: {},
    Actions: [{ Identifier: 'Goodbye', Type: 'DisconnectParticipant', Parameters: {}, Transitions: {} }],
  },
  null,
  2,
);

export const FIRST_MODULE_CONTENT = FIRST_CONTENT.replace('DisconnectParticipant', 'EndFlowModuleExecution').replaceAll('Goodbye', 'Return');
