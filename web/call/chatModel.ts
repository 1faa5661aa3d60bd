/** A chat as the customer sees it: decided from what the server sent, in whatever order it came. */

import { answerText, INTERACTIVE, INTERACTIVE_RESPONSE, messageText, viewOf, type View } from '../src/views/view';

export interface Item {
  Id: string;
  Type: string;
  ContentType: string;
  Content?: string;
  AbsoluteTime: string;
  DisplayName?: string;
  ParticipantRole?: string;
}

export interface Line {
  id: string;
  at: string;
  who: 'me' | 'them' | 'note';
  name: string;
  text: string;
  /** Of one's own messages only. */
  state: 'sending' | 'sent' | 'failed' | null;
  /** What the flow shows with it, to be filled in or chosen from. */
  view: View | null;
  /** Of one's own: an answer to a view, as it is sent. */
  answer: string | null;
  /** The line whose view that answer is for; null where only the server's copy of it is known. */
  to: string | null;
}

export interface Chat {
  phase: 'idle' | 'starting' | 'open' | 'ended';
  lines: Line[];
  /** Who is typing, until when (milliseconds). */
  typing: { name: string; until: number } | null;
}

export const noChat: Chat = { phase: 'idle', lines: [], typing: null };

const PLAIN = { name: '', state: null, view: null, answer: null, to: null };

const EVENT = 'application/vnd.amazonaws.connect.event.';
const TYPING_MS = 8000;
const NOTES: Record<string, (name: string) => string> = {
  'participant.joined': (name) => `${name} joined the chat.`,
  'participant.left': (name) => `${name} left the chat.`,
  'chat.ended': () => 'The chat has ended.',
};

/** The chat after one more item; one that is known changes nothing. */
export function withItem(chat: Chat, item: Item, now: number): Chat {
  const event = item.ContentType.startsWith(EVENT) ? item.ContentType.slice(EVENT.length) : null;
  const isMine = item.ParticipantRole === 'CUSTOMER';
  if (event === 'typing') {
    return isMine ? chat : { ...chat, typing: { name: item.DisplayName ?? 'Agent', until: now + TYPING_MS } };
  }
  const line = event === null ? messageLine(item, isMine, lastView(chat, item.AbsoluteTime)) : noteLine(item, event, isMine);
  const typing = isMine ? chat.typing : null;
  const phase = event === 'chat.ended' ? 'ended' : chat.phase;
  return { phase, typing, lines: line ? insert(chat.lines, line) : chat.lines };
}

function messageLine(item: Item, isMine: boolean, answered: View | null): Line | null {
  if (item.Type !== 'MESSAGE') return null;
  const name = item.ParticipantRole === 'SYSTEM' ? '' : (item.DisplayName ?? ''); // its name is a constant, not a person's
  const content = item.Content ?? '';
  const common = { id: item.Id, at: item.AbsoluteTime, who: isMine ? ('me' as const) : ('them' as const), name, state: isMine ? ('sent' as const) : null, view: null, answer: null, to: null };
  if (item.ContentType === INTERACTIVE) return { ...common, text: messageText(content), view: viewOf(content) };
  if (item.ContentType === INTERACTIVE_RESPONSE) return { ...common, text: answerText(content, answered), answer: content };
  return { ...common, text: content };
}

function noteLine(item: Item, event: string, isMine: boolean): Line | null {
  const note = NOTES[event];
  if (!note || isMine) return null;
  const text = note(item.DisplayName ?? 'Somebody');
  return { ...PLAIN, id: item.Id, at: item.AbsoluteTime, who: 'note', text };
}

/** In order of time; what is on its way stays at the end. The server's copy does not know which view was answered. */
function insert(lines: Line[], copy: Line): Line[] {
  const line = { ...copy, to: copy.to ?? lines.find(({ id }) => id === copy.id)?.to ?? null };
  const others = lines.filter((known) => known.id !== line.id);
  const at = others.findIndex((known) => known.state === 'sending' || known.state === 'failed' || known.at > line.at);
  return at < 0 ? [...others, line] : [...others.slice(0, at), line, ...others.slice(at)];
}

/** The customer pressed Send; `id` is the page's own until the server gives one. */
export function sending(chat: Chat, id: string, text: string, at: string): Chat {
  return underway(chat, { ...PLAIN, id, at, who: 'me', text, state: 'sending' });
}

/** The customer answered a view; `message` is what is sent, in place of what was refused before. */
export function answering(chat: Chat, id: string, message: string, at: string): Chat {
  const to = chat.lines.find((known) => known.id === id)?.to ?? lastShown(chat)?.id ?? null;
  const lines = chat.lines.filter((known) => known.state !== 'failed' || known.to === null || known.to !== to);
  return underway({ ...chat, lines }, { ...PLAIN, id, at, who: 'me', text: answerText(message, lastView(chat, at)), state: 'sending', answer: message, to });
}

/**
 * The line whose view can be answered: the last one shown, until an answer to it is on its way or there.
 * The next view may come before the server has said that it took the answer to the one before: it is open at once.
 */
export function openView(chat: Chat): Line | null {
  const shown = lastShown(chat);
  if (chat.phase === 'ended' || !shown) return null;
  const own = chat.lines.filter(({ to }) => to === shown.id);
  if (own.length > 0) return own.every(({ state }) => state === 'failed') ? shown : null;
  const since = chat.lines.slice(chat.lines.indexOf(shown));
  return since.some(({ answer, to }) => answer !== null && to === null) ? null : shown;
}

function lastShown(chat: Chat): Line | null {
  return chat.lines.findLast(({ view }) => view !== null) ?? null;
}

function lastView(chat: Chat, before: string): View | null {
  return chat.lines.findLast(({ view, at }) => view !== null && at <= before)?.view ?? null;
}

function underway(chat: Chat, line: Line): Chat {
  return { ...chat, lines: [...chat.lines.filter(({ id }) => id !== line.id), line] };
}

/** The server took the message under its own id; it may have come back over the socket already. */
export function sent(chat: Chat, id: string, realId: string, at: string): Chat {
  const line = chat.lines.find((known) => known.id === id);
  if (!line) return chat;
  const others = chat.lines.filter((known) => known.id !== id);
  return { ...chat, lines: insert(others, { ...line, id: realId, at, state: 'sent' }) };
}

/** The customer ends it. */
export function left(chat: Chat, at: string): Chat {
  const note: Line = { ...PLAIN, id: 'left', at, who: 'note', text: 'You ended the chat.' };
  return { phase: 'ended', typing: null, lines: [...chat.lines, note] };
}

export function failed(chat: Chat, id: string): Chat {
  return { ...chat, lines: chat.lines.map((line) => (line.id === id ? { ...line, state: 'failed' } : line)) };
}

/** An item from the wire, a JSON text or an object; null when it is none. */
export function readItem(raw: unknown): Item | null {
  const value: unknown = typeof raw === 'string' ? parse(raw) : raw;
  if (typeof value !== 'object' || value === null) return null;
  const { Id, ContentType, AbsoluteTime } = value as Record<string, unknown>;
  const isItem = typeof Id === 'string' && typeof ContentType === 'string' && typeof AbsoluteTime === 'string';
  return isItem ? (value as Item) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
