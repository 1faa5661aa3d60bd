/** The center at this moment as supervisors read it: what is well, what needs looking after, what may be done. */

import type { AgentNow, Callback, LineNow, LiveAlert, LiveNow, Standing } from '../api/live';
import type { Agent, AgentStatusChoice, Channel, DeskContact } from '../api/types';
import { clock, length } from '../app/format';

export const AGAIN_MS = 3_000;
const STALE_SECONDS = 12;
const ALERT_SECONDS = 15 * 60;

export type Look = 'success' | 'info' | 'pending' | 'in-progress' | 'warning' | 'error' | 'stopped';

const CHANNEL_NAMES: Record<Channel, string> = { VOICE: 'Calls', CHAT: 'Chats', TASK: 'Tasks', EMAIL: 'E-mails' };

export function channelName(channel: Channel): string {
  return CHANNEL_NAMES[channel];
}

/** The server's clock, however this computer's is set: it said `at` when this one showed `seenAt`. */
export function serverNow(at: string, seenAt: number, now: number): number {
  return Date.parse(at) + (now - seenAt);
}

export interface Freshness {
  look: 'success' | 'warning';
  text: string;
}

/** How old what is shown is; it is only told where it matters. */
export function freshness(seenAt: number, now: number, error: string | null): Freshness {
  const age = Math.max(0, (now - seenAt) / 1000);
  if (age < STALE_SECONDS) return { look: 'success', text: 'Up to date' };
  return { look: 'warning', text: `${length(age)} old.${error ? ` ${error}` : ''}` };
}

// --- lines ------------------------------------------------------------------------------------------

/** What is wrong with a line, if something is. */
export function trouble(line: LineNow): { look: 'error' | 'warning'; text: string } | null {
  const there = line.waiting + line.ringing;
  if (there > 0 && line.staffed === 0) return { look: 'error', text: 'Nobody is there' };
  if (line.limit !== null && there >= line.limit) return { look: 'warning', text: 'Full' };
  return null;
}

/** Nobody waits there, and nobody is to be called. */
export function isQuiet({ waiting, ringing, scheduled }: LineNow): boolean {
  return waiting + ringing + scheduled === 0;
}

export function scheduledText({ scheduled }: LineNow): string {
  return scheduled === 1 ? 'one callback later' : `${scheduled} callbacks later`;
}

/** How many wait, and of how many places. */
export function waitingText(line: LineNow): string {
  return line.limit === null ? `${line.waiting}` : `${line.waiting} of ${line.limit}`;
}

/** The longest wait, going on since the look. */
export function oldestText(line: LineNow, sinceSeconds: number): string {
  return line.oldestSeconds === null ? '–' : clock(line.oldestSeconds + Math.max(0, sinceSeconds));
}

export function estimateText(line: LineNow): string {
  return line.estimatedWaitSeconds === null ? 'Cannot tell' : length(line.estimatedWaitSeconds);
}

export interface Summary {
  waiting: number;
  oldestSeconds: number | null;
  available: number;
  onContact: number;
  afterContactWork: number;
  away: number;
  notReachable: number;
}

/** The whole center in a few numbers; each agent counts once, by what they do. */
export function summary({ queues, agents }: LiveNow): Summary {
  const doing = (activity: string): number => agents.filter((agent) => agent.activity === activity).length;
  const ages = queues.map(({ oldestSeconds }) => oldestSeconds).filter((age) => age !== null);
  return {
    waiting: queues.reduce((sum, line) => sum + line.waiting + line.ringing, 0),
    oldestSeconds: ages.length ? Math.max(...ages) : null,
    available: doing('Available'),
    onContact: doing('On contact'),
    afterContactWork: doing('After contact work'),
    away: agents.filter(({ activity, status }) => activity === status.name && status.type === 'CUSTOM').length,
    notReachable: doing('Not reachable'),
  };
}

// --- agents -----------------------------------------------------------------------------------------

const LOOKS: Record<string, Look> = {
  'Not reachable': 'error',
  Missed: 'warning',
  'On contact': 'info',
  'After contact work': 'in-progress',
  Incoming: 'in-progress',
  Offline: 'stopped',
  Available: 'success',
};

export function lookOf(activity: string): Look {
  return LOOKS[activity] ?? 'pending';
}

const STATES: Record<DeskContact['state'], string> = { MISSED: 'Missed', CONNECTED: 'On contact', ENDED: 'After contact work', CONNECTING: 'Incoming' };

/** Since when the agent does what they do. */
export function doingSince(agent: AgentNow): string {
  if (agent.activity === 'Not reachable' && agent.lastHeardAt !== null && !agent.isReachable) return agent.lastHeardAt;
  const since = agent.contacts.filter(({ state }) => STATES[state] === agent.activity).map(({ since }) => since);
  return since.sort()[0] ?? agent.status.since;
}

/** What the activity does not say already: the chosen status, what follows it, what was missed. */
export function besides({ activity, status, nextStatus, missedInRow }: AgentNow): string {
  const said: string[] = [];
  if (activity !== status.name) said.push(status.name);
  if (nextStatus) said.push(`then ${nextStatus.name}`);
  if (missedInRow > 0) said.push(missedInRow === 1 ? 'one missed' : `${missedInRow} missed in a row`);
  return said.join(', ');
}

/** A contact in hand: `Ana · Sales`. */
export function contactText(contact: DeskContact): string {
  const who = contact.customerName ?? contact.customerEndpoint ?? 'Unknown customer';
  return contact.queueName ? `${who} · ${contact.queueName}` : who;
}

/** The agents whose name, user name, activity, status or routing profile has these letters. */
export function matching(agents: readonly AgentNow[], text: string): AgentNow[] {
  const wanted = text.trim().toLowerCase();
  return agents.filter(({ name, username, activity, status, routingProfile }) =>
    [name, username, activity, status.name, routingProfile.name ?? ''].some((each) => each.toLowerCase().includes(wanted)),
  );
}

/** How somebody is just now, in one sentence. */
export function standsNow({ activity, status }: AgentNow): string {
  return activity === status.name ? `Now: ${activity}.` : `Now: ${activity}, in status ${status.name}.`;
}

/** What choosing this status for somebody will do, told before it is done. */
export function consequence(agent: AgentNow, status: AgentStatusChoice): string {
  const inHand = agent.contacts.filter(({ state }) => state !== 'MISSED').length;
  const said: string[] = [];
  if (agent.contacts.length > inHand) said.push('The missed contact is cleared.');
  if (status.type === 'ROUTABLE') said.push(agent.isReachable ? 'New contacts are offered from now on.' : 'The desk is silent: nothing is offered there until it is heard of again.');
  else if (inHand > 0) said.push(`${status.name} begins when the work in hand is done (${inHand === 1 ? 'one contact' : `${inHand} contacts`}); nothing new is offered until then.`);
  else said.push('Nothing is offered from now on.');
  return said.join(' ');
}

/** What came of it, as the server answered. */
export function statusDone(agent: Agent, name: string): string {
  return agent.nextStatus?.name === name ? `${agent.name} goes to ${name} when the work in hand is done.` : `${agent.name} is set to ${name}.`;
}

// --- moves ------------------------------------------------------------------------------------------

export interface Choice {
  value: string;
  label: string;
  description: string;
}

/** The other queues, with who is there for this channel. */
export function queueChoices({ queues }: LiveNow, queueId: string, channel: Channel): Choice[] {
  const others = queues.filter((line) => line.queueId !== queueId);
  return [...new Set(others.map((line) => line.queueId))].map((id) => {
    const lines = others.filter((line) => line.queueId === id);
    const line = lines.find((each) => each.channel === channel);
    const description = line?.staffed ? `${line.staffed} staffed, ${line.waiting} waiting` : `Nobody is there for ${channelName(channel).toLowerCase()}`;
    return { value: id, label: lines[0]?.name ?? id, description };
  });
}

/** The agents who are there. */
export function agentChoices({ agents }: LiveNow): Choice[] {
  return agents
    .filter(({ isReachable, status }) => isReachable && status.type !== 'OFFLINE')
    .map(({ agentId, name, activity }) => ({ value: agentId, label: name, description: activity }));
}

export function whoStands({ customerName, customerEndpoint }: Pick<Standing, 'customerName' | 'customerEndpoint'>): string {
  return customerName ?? customerEndpoint ?? 'Unknown customer';
}

export function standingText({ state, agentName }: Standing): string {
  if (state === 'WAITING') return 'Waiting';
  return agentName ? `Ringing at ${agentName}` : 'Ringing';
}

// --- alerts -----------------------------------------------------------------------------------------

/** Those that are still news, without what this person has dismissed. */
export function shownAlerts(alerts: readonly LiveAlert[], dismissed: ReadonlySet<string>, now: number): LiveAlert[] {
  return alerts.filter(({ id, at }) => !dismissed.has(id) && now - Date.parse(at) < ALERT_SECONDS * 1000);
}

// --- calls back -------------------------------------------------------------------------------------

const CALLBACK_LOOKS: Record<Callback['state'], { look: Look; text: string }> = {
  SCHEDULED: { look: 'pending', text: 'Scheduled' },
  WAITING: { look: 'in-progress', text: 'In line' },
  RINGING: { look: 'info', text: 'Offered to an agent' },
  CONNECTED: { look: 'success', text: 'Being called' },
};

export function callbackLook(state: Callback['state']): { look: Look; text: string } {
  return CALLBACK_LOOKS[state];
}

export function outcomeText(outcome: Callback['lastOutcome']): string {
  if (outcome === null) return '–';
  return outcome === 'NOT_REACHED' ? 'Not reached' : 'Could not be dialled; does not count';
}

/** The server refuses it when the customer is being called already. */
export function canCancel({ state }: Callback): boolean {
  return state !== 'CONNECTED';
}
