import type { Outcome, QueueWrapUp } from '../api/wrapUps';

export const LABEL_LIMIT = 60;
export const SCRIPT_LIMIT = 2_000;
export const LONGEST_SECONDS = 24 * 3600;
const ID_LIMIT = 60;

/** A free id made of the label: "Refund promised" is `refund-promised`, and `-2` behind it if that is taken. */
export function idFor(label: string, taken: readonly string[]): string {
  const plain = label.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const wished = plain.slice(0, ID_LIMIT - 4) || 'outcome';
  let id = wished;
  for (let number = 2; taken.includes(id); number += 1) id = `${wished}-${number}`;
  return id;
}

/** What is wrong with the label, or null. */
export function labelProblem(label: string, others: readonly Outcome[]): string | null {
  const text = label.trim();
  if (!text) return 'Say how the contact ended.';
  if (text.length > LABEL_LIMIT) return `At most ${LABEL_LIMIT} characters.`;
  const isTaken = others.some((each) => each.label.toLowerCase() === text.toLowerCase());
  return isTaken ? 'Another outcome has this label.' : null;
}

/** Names of the queues in which it is offered; null: in all. */
export function offeredIn({ queueIds }: Outcome, queues: readonly QueueWrapUp[]): string | null {
  if (queueIds.length === 0) return null;
  return queueIds.map((id) => queues.find((queue) => queue.id === id)?.name ?? id).join(', ');
}

/** Seconds as they were typed, or what is wrong with them. */
export function secondsFrom(typed: string): { seconds: number } | { problem: string } {
  const text = typed.trim();
  const isNumber = /^\d{1,5}$/.test(text);
  if (!isNumber || Number(text) > LONGEST_SECONDS) return { problem: `A whole number from 0 to ${LONGEST_SECONDS.toLocaleString('en')}.` };
  return { seconds: Number(text) };
}

export function limitText(seconds: number): string {
  if (seconds === 0) return 'As long as the agent needs';
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
