/** One chat as the agent sees it: what the server has, what is on its way, who is typing. */

import type { Item } from '../api/types';
import { answerText, INTERACTIVE, INTERACTIVE_RESPONSE, messageText, viewOf, type View } from '../views/view';

const EVENT = 'application/vnd.amazonaws.connect.event.';
const TYPING_MS = 6_000;
const SKEW_MS = 5_000;

export type Delivery = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

/** A message of ours that the transcript does not show yet. */
export interface Outgoing {
  localId: string;
  content: string;
  at: string;
  delivery: 'sending' | 'sent' | 'failed';
  reason?: string;
}

export interface Chat {
  items: Item[];
  outgoing: Outgoing[];
  receipts: Record<string, 'delivered' | 'read'>;
  typingUntil: number;
  hasLoaded: boolean;
}

export const EMPTY_CHAT: Chat = { items: [], outgoing: [], receipts: {}, typingUntil: 0, hasLoaded: false };

export type Line =
  | { kind: 'message'; id: string; at: string; who: Who; name: string; text: string; delivery: Delivery | null; reason?: string }
  | { kind: 'event'; id: string; at: string; text: string };

/** The transcript as the server has it: merged, since live items may have arrived before it. */
export function loaded(chat: Chat, items: readonly Item[]): Chat {
  return items.reduce<Chat>((known, item) => receive(known, item, 0), { ...chat, hasLoaded: true });
}

/** One live item. The socket promises no order, so lines are sorted by time. */
export function receive(chat: Chat, item: Item, now: number): Chat {
  const event = eventOf(item);
  if (event === 'typing') return item.ParticipantRole === 'CUSTOMER' ? { ...chat, typingUntil: now + TYPING_MS } : chat;
  if (isReceipt(item)) return receipted(chat, item);
  if (chat.items.some((known) => known.Id === item.Id)) return chat;
  const items = [...chat.items, item].sort((a, b) => a.AbsoluteTime.localeCompare(b.AbsoluteTime));
  if (item.ParticipantRole === 'CUSTOMER') return { ...chat, items, typingUntil: 0 };
  const isOurs = item.ParticipantRole === 'AGENT' && isMessage(item);
  return { ...chat, items, outgoing: isOurs ? withoutFirst(chat.outgoing, item) : chat.outgoing };
}

/** One that is sent again keeps the time of its first try, at which it may have arrived. */
export function sending(chat: Chat, localId: string, content: string, at: string): Chat {
  const before = chat.outgoing.find((message) => message.localId === localId);
  const others = chat.outgoing.filter((message) => message !== before);
  return { ...chat, outgoing: [...others, { localId, content, at: before?.at ?? at, delivery: 'sending' }] };
}

export function sent(chat: Chat, localId: string): Chat {
  return { ...chat, outgoing: chat.outgoing.map((message) => (message.localId === localId ? { ...message, delivery: 'sent' } : message)) };
}

export function failed(chat: Chat, localId: string, reason: string): Chat {
  return {
    ...chat,
    outgoing: chat.outgoing.map((message) => (message.localId === localId ? { ...message, delivery: 'failed', reason } : message)),
  };
}

export function isTyping(chat: Chat, now: number): boolean {
  return chat.typingUntil > now;
}

/** Everything to draw, oldest first; what is on its way comes last. */
export function lines(chat: Chat): Line[] {
  let shown: View | null = null;
  const stored = chat.items.flatMap((item) => {
    if (item.ContentType === INTERACTIVE) shown = viewOf(item.Content ?? '');
    return lineOf(item, chat.receipts, shown);
  });
  const own = chat.outgoing.map(
    (message): Line => ({
      kind: 'message',
      id: message.localId,
      at: message.at,
      who: 'agent',
      name: 'You',
      text: message.content,
      delivery: message.delivery,
      reason: message.reason,
    }),
  );
  return [...stored, ...own];
}

export function hasCustomerLeft(chat: Chat): boolean {
  return chat.items.some((item) => eventOf(item) === 'chat.ended' || (eventOf(item) === 'participant.left' && item.ParticipantRole === 'CUSTOMER'));
}

type Who = 'customer' | 'agent' | 'system';

const WHO: Record<string, Who> = { CUSTOMER: 'customer', AGENT: 'agent' };
const FALLBACK_NAME: Record<Who, string> = { customer: 'Customer', agent: 'Agent', system: 'Center' };

function lineOf(item: Item, receipts: Chat['receipts'], shown: View | null): Line[] {
  if (isMessage(item)) {
    const who = WHO[item.ParticipantRole ?? ''] ?? 'system';
    const delivery = who === 'agent' ? (receipts[item.Id] ?? 'sent') : null;
    const name = who === 'system' ? FALLBACK_NAME.system : (item.DisplayName ?? FALLBACK_NAME[who]);
    return [{ kind: 'message', id: item.Id, at: item.AbsoluteTime, who, name, text: wordsOf(item, shown), delivery }];
  }
  const text = eventSentence(item);
  return text ? [{ kind: 'event', id: item.Id, at: item.AbsoluteTime, text }] : [];
}

/** What was said; a view by its title, an answer to one by what was filled in or chosen. */
function wordsOf({ ContentType, Content = '' }: Item, shown: View | null): string {
  if (ContentType === INTERACTIVE) return `Shown to the customer: ${messageText(Content)}`;
  return ContentType === INTERACTIVE_RESPONSE ? answerText(Content, shown) : Content;
}

function eventSentence(item: Item): string | null {
  const name = item.DisplayName ?? (item.ParticipantRole === 'CUSTOMER' ? 'The customer' : 'Somebody');
  switch (eventOf(item)) {
    case 'participant.joined':
      return `${name} joined`;
    case 'participant.left':
      return `${name} left`;
    case 'chat.ended':
      return 'The chat has ended';
    case 'transfer.succeeded':
      return 'The chat was transferred';
    case 'transfer.failed':
      return 'The chat could not be transferred';
    default:
      return null;
  }
}

function eventOf(item: Item): string | null {
  return item.ContentType?.startsWith(EVENT) ? item.ContentType.slice(EVENT.length) : null;
}

function isMessage(item: Item): boolean {
  return item.Type === 'MESSAGE';
}

function isReceipt(item: Item): boolean {
  const event = eventOf(item);
  return event === 'message.delivered' || event === 'message.read' || (!isMessage(item) && Boolean(item.MessageMetadata?.Receipts));
}

function receipted(chat: Chat, item: Item): Chat {
  const id = item.MessageMetadata?.MessageId;
  if (!id) return chat;
  const isRead = eventOf(item) === 'message.read' || item.MessageMetadata?.Receipts?.some((receipt) => receipt.ReadTimestamp);
  const receipt = isRead || chat.receipts[id] === 'read' ? 'read' : 'delivered';
  return { ...chat, receipts: { ...chat.receipts, [id]: receipt } };
}

/**
 * The transcript does not carry our local id, so the oldest message with the same words is the one that arrived.
 * One that is marked as not sent may have arrived all the same: the line fell before the answer came. The clocks of
 * both sides agree to some seconds.
 */
function withoutFirst(outgoing: readonly Outgoing[], item: Item): Outgoing[] {
  const index = outgoing.findIndex(({ content, at }) => content === item.Content && Date.parse(item.AbsoluteTime) >= Date.parse(at) - SKEW_MS);
  return outgoing.filter((_, at) => at !== index);
}
