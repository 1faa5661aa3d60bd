/** The desk as a whole: keeps the model, listens to the server, does what the agent asks. */

import type { Ticket } from '../../call/call';
import { DeskChannel } from '../api/deskChannel';
import { sentence } from '../api/errors';
import type { SocketState, TopicSocket } from '../api/socket';
import type { Trunkline } from '../api/trunkline';
import type { AgentSetup, DeskCommand, DeskContact, DeskTurn, Item } from '../api/types';
import { readView, type Answer, type View } from '../views/view';
import { EMPTY_CHAT, failed, loaded, receive, sending, sent, type Chat } from './chat';
import { caller, contactOf, EMPTY_DESK, next, type Desk, type DeskAction } from './model';
import { TurnKeeper, type Speaker } from './turns';
import { blank, complete, parseDraft, type WrapUp } from './wrapUp';

/** Where drafts live so that a reload loses nothing; sessionStorage in the browser. */
export type Drafts = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface DeskView {
  desk: Desk;
  connection: SocketState;
  /** False until the first answer of the server on this page. */
  hasStarted: boolean;
  chats: Readonly<Record<string, Chat>>;
  wrapUps: Readonly<Record<string, WrapUp>>;
  chatDrafts: Readonly<Record<string, string>>;
  /** What a flow says to the agent alone, by contact. */
  whispers: Readonly<Record<string, string[]>>;
  /** The page of a guide that is to be answered now, by contact. */
  guides: Readonly<Record<string, Guide>>;
  /** Messages of the customer that came while another contact was open. */
  unread: Readonly<Record<string, number>>;
  /** Commands under way, as `type:contactId`, so that a button is not pressed twice. */
  busy: ReadonlySet<string>;
}

export interface Guide {
  wait: number;
  view: View;
}

export interface DeskStoreOptions {
  socket: TopicSocket;
  api: Pick<Trunkline, 'transcript'>;
  setup: AgentSetup;
  drafts: Drafts;
  createSpeaker: () => Speaker;
  now: () => number;
  newId?: () => string;
  /** The other end of a call to a colleague is to be opened here. */
  onLine?: (ticket: Ticket) => void;
}

const TYPING_EVERY_MS = 3_000;

export class DeskStore {
  readonly setup: AgentSetup;
  readonly #options: DeskStoreOptions;
  readonly #channel: DeskChannel;
  readonly #turns: TurnKeeper;
  readonly #watchers = new Set<() => void>();
  readonly #leave: (() => void)[];
  #view: DeskView;
  /** Contacts whose after contact work this page has completed, or is about to. */
  readonly #handedIn = new Set<string>();
  /** Chats whose transcript was asked for; a line that comes before that makes a chat, too. */
  readonly #transcripts = new Set<string>();
  #typingSaidAt = -Infinity;

  constructor(options: DeskStoreOptions) {
    this.#options = options;
    this.setup = options.setup;
    this.#view = {
      desk: EMPTY_DESK,
      connection: options.socket.state,
      hasStarted: false,
      chats: {},
      wrapUps: {},
      chatDrafts: {},
      whispers: {},
      guides: {},
      unread: {},
      busy: new Set(),
    };
    this.#channel = new DeskChannel({
      socket: options.socket,
      newId: options.newId,
      onSnapshot: (snapshot) => this.#moved({ do: 'snapshot', snapshot }),
      onEvent: (event) => this.#moved({ do: 'event', event, now: options.now() }),
      onTakenOver: () => this.#moved({ do: 'taken-over' }),
      onTurn: (turn) => this.#turned(turn),
    });
    this.#turns = new TurnKeeper({
      createSpeaker: options.createSpeaker,
      tell: (command) => this.#channel.tell(command),
      said: (contactId, text) => this.#change({ whispers: { ...this.#view.whispers, [contactId]: [...(this.#view.whispers[contactId] ?? []), text] } }),
    });
    this.#leave = [
      options.socket.onState((state) => this.#connectionIs(state)),
      options.socket.on('aws/chat', (content) => this.#chatted(content)),
    ];
  }

  view = (): DeskView => this.#view;

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** The server's clock, as well as this page can tell. */
  serverNow = (): number => this.#options.now() + this.#view.desk.skewMs;

  close(): void {
    for (const leave of this.#leave) leave();
    this.#channel.close();
    this.hush();
  }

  /** Ends what flows play to the agent. */
  hush(): void {
    this.#turns.close();
  }

  select = (contactId: string): void => this.#dispatch({ do: 'select', contactId });
  dismiss = (id: string): void => this.#dispatch({ do: 'dismiss', id });

  /** Rejects with what is wrong with the number, for the form that asks for it. */
  forward = async (phoneNumber: string | null): Promise<void> => {
    await this.#channel.command({ type: 'forward', phoneNumber });
  };

  setStatus = (name: string): Promise<boolean> => this.#ask('status', { type: 'status', name });

  accept = (offer: DeskContact): Promise<boolean> =>
    this.#ask(`offer:${offer.contactId}`, { type: 'accept', contactId: offer.contactId, offerId: offer.offerId ?? '' });

  reject = (offer: DeskContact): Promise<boolean> =>
    this.#ask(`offer:${offer.contactId}`, { type: 'reject', contactId: offer.contactId, offerId: offer.offerId ?? '' });

  hangUp = (contactId: string): Promise<boolean> => this.#ask(`hangup:${contactId}`, { type: 'hangup', contactId });

  /** Puts a call or a task aside, or goes on with it. */
  hold = (contactId: string, isOn: boolean): Promise<boolean> => this.#ask(`hold:${contactId}`, { type: isOn ? 'hold' : 'resume', contactId });

  /** Calls a colleague or a number; null when it rings there, else why it does not. */
  call = async (whom: { agentId: string } | { phoneNumber: string }): Promise<string | null> => {
    try {
      const { contactId, participantToken, websocketUrl } = await this.#channel.command({ type: 'call', ...whom });
      if (contactId && participantToken && websocketUrl) this.#options.onLine?.({ contactId, participantToken, websocketUrl });
      return null;
    } catch (error) {
      return sentence(error);
    }
  };

  /** Hands the contact over; null when it is done, else why it was not. */
  transfer = async (contactId: string, quickConnectId: string): Promise<string | null> => {
    let problem: string | null = null;
    await this.#ask(`transfer:${contactId}`, { type: 'transfer', contactId, quickConnectId }, (refusal) => (problem = refusal));
    return problem;
  };

  /** Answers the page of a guide. */
  act = (contactId: string, { wait }: Guide, { action, data }: Answer): Promise<boolean> => this.#ask(`act:${contactId}`, { type: 'acted', contactId, wait, action, data });

  /** Takes a missed contact off the desk; until then no other one is offered. */
  clear = (contactId: string): Promise<boolean> => this.#ask(`clear:${contactId}`, { type: 'clear', contactId });

  /** Ends after contact work; the draft is kept until the server has taken it. */
  complete = async (contactId: string): Promise<boolean> => {
    const contact = contactOf(this.#view.desk.agent, contactId);
    const wrapUp = this.#view.wrapUps[contactId];
    const command = wrapUp && complete(contactId, wrapUp);
    if (!contact || !command || this.#handedIn.has(contactId)) return false;
    this.#handedIn.add(contactId);
    const isDone = await this.#ask(`complete:${contactId}`, command);
    if (isDone) return true;
    this.#handedIn.delete(contactId);
    if (!contactOf(this.#view.desk.agent, contactId)) this.#returnNote(contact, wrapUp);
    return false;
  };

  editWrapUp = (contactId: string, wrapUp: WrapUp): void => {
    this.#options.drafts.setItem(draftKey(contactId), JSON.stringify(wrapUp));
    this.#change({ wrapUps: { ...this.#view.wrapUps, [contactId]: wrapUp } });
  };

  typeChat = (contactId: string, text: string): void => {
    this.#options.drafts.setItem(chatKey(contactId), text);
    this.#change({ chatDrafts: { ...this.#view.chatDrafts, [contactId]: text } });
    const now = this.#options.now();
    if (!text || now - this.#typingSaidAt < TYPING_EVERY_MS) return;
    this.#typingSaidAt = now;
    this.#channel.tell({ type: 'typing', contactId });
  };

  sendChat = async (contactId: string, content: string, localId: string = crypto.randomUUID()): Promise<void> => {
    const at = new Date(this.serverNow()).toISOString();
    this.#chat(contactId, (chat) => sending(chat, localId, content, at));
    this.typeChat(contactId, '');
    try {
      await this.#channel.command({ type: 'chat', contactId, content }, localId);
      this.#chat(contactId, (chat) => sent(chat, localId));
    } catch (error) {
      this.#chat(contactId, (chat) => failed(chat, localId, sentence(error)));
    }
  };

  notify = (type: 'info' | 'warning' | 'error', text: string): void =>
    this.#dispatch({ do: 'notice', notice: { id: `page-${this.#options.now()}-${text.length}`, type, text } });

  async #ask(key: string, command: DeskCommand, onRefusal = (refusal: string): void => this.notify('error', refusal)): Promise<boolean> {
    if (this.#view.busy.has(key)) return false;
    this.#change({ busy: new Set(this.#view.busy).add(key) });
    try {
      await this.#channel.command(command);
      return true;
    } catch (error) {
      onRefusal(sentence(error));
      return false;
    } finally {
      this.#change({ busy: new Set([...this.#view.busy].filter((other) => other !== key)) });
    }
  }

  #moved(action: DeskAction): void {
    const before = this.#view.desk.agent?.contacts ?? [];
    this.#view = { ...this.#view, hasStarted: true };
    this.#dispatch(action);
    const { agent, isSignedInElsewhere } = this.#view.desk;
    if (isSignedInElsewhere) {
      this.#options.socket.stop();
      this.hush();
    }
    for (const contact of agent?.contacts ?? []) this.#meet(contact);
    for (const contact of before) if (!contactOf(agent, contact.contactId)) this.#left(contact);
  }

  /** It is over. The center may have ended it before the agent did, and has nothing of what was written. */
  #left(contact: DeskContact): void {
    const { contactId } = contact;
    if (!this.#handedIn.has(contactId)) this.#returnNote(contact, this.#view.wrapUps[contactId]);
    this.#forget(contactId);
  }

  #returnNote(contact: DeskContact, wrapUp: WrapUp | undefined): void {
    const written = wrapUp?.note.trim();
    if (!written) return;
    const text = `After contact work with ${caller(contact)} ended before you completed it. Your note was not saved; copy it into the ticket.`;
    this.#dispatch({ do: 'notice', notice: { id: `note-${contact.contactId}`, type: 'warning', text, written } });
  }

  /** Gets ready for a contact that is on the desk: its draft, and for a chat what was said so far. */
  #meet(contact: DeskContact): void {
    const { contactId } = contact;
    if (!this.#view.wrapUps[contactId]) {
      const kept = parseDraft(this.#options.drafts.getItem(draftKey(contactId)));
      this.#change({
        wrapUps: { ...this.#view.wrapUps, [contactId]: kept ?? blank(contact) },
        chatDrafts: { ...this.#view.chatDrafts, [contactId]: this.#options.drafts.getItem(chatKey(contactId)) ?? '' },
      });
    }
    const hasTalked = contact.state === 'CONNECTED' || contact.state === 'ENDED';
    if (contact.channel === 'CHAT' && hasTalked && !this.#transcripts.has(contactId)) void this.#loadChat(contactId);
  }

  #turned(turn: DeskTurn): void {
    if (turn.leg === 'GUIDE') {
      const guide = guideOf(turn);
      const others = without(this.#view.guides, turn.contactId);
      this.#change({ guides: guide ? { ...others, [turn.contactId]: guide } : others });
      return;
    }
    const contact = contactOf(this.#view.desk.agent, turn.contactId);
    this.#turns.take(turn, contact?.channel === 'VOICE');
  }

  #forget(contactId: string): void {
    this.#turns.forget(contactId);
    this.#transcripts.delete(contactId);
    this.#handedIn.delete(contactId);
    this.#options.drafts.removeItem(draftKey(contactId));
    this.#options.drafts.removeItem(chatKey(contactId));
    this.#change({
      chats: without(this.#view.chats, contactId),
      whispers: without(this.#view.whispers, contactId),
      guides: without(this.#view.guides, contactId),
      unread: without(this.#view.unread, contactId),
      wrapUps: without(this.#view.wrapUps, contactId),
      chatDrafts: without(this.#view.chatDrafts, contactId),
    });
  }

  async #loadChat(contactId: string): Promise<void> {
    this.#transcripts.add(contactId);
    this.#chat(contactId, (chat) => chat);
    try {
      const items = await this.#options.api.transcript(contactId);
      this.#chat(contactId, (chat) => loaded(chat, items));
    } catch (error) {
      this.#chat(contactId, (chat) => ({ ...chat, hasLoaded: true }));
      this.notify('error', `The chat so far could not be loaded. ${sentence(error)}`);
    }
  }

  #chatted(content: unknown): void {
    const item = parseItem(content);
    if (!item?.ContactId) return;
    const contactId = item.ContactId;
    this.#chat(contactId, (chat) => receive(chat, item, this.#options.now()));
    if (item.Type !== 'MESSAGE' || item.ParticipantRole !== 'CUSTOMER' || contactId === this.#view.desk.selected) return;
    this.#change({ unread: { ...this.#view.unread, [contactId]: (this.#view.unread[contactId] ?? 0) + 1 } });
  }

  #chat(contactId: string, change: (chat: Chat) => Chat): void {
    const known = this.#view.chats[contactId] ?? EMPTY_CHAT;
    this.#change({ chats: { ...this.#view.chats, [contactId]: change(known) } });
  }

  #connectionIs(state: SocketState): void {
    this.#change({ connection: state });
    if (state !== 'open') return;
    // Chat lines are not numbered like desk events: what came while the line was down is in the transcript.
    for (const contactId of this.#transcripts) void this.#loadChat(contactId);
  }

  #dispatch(action: DeskAction): void {
    const desk = next(this.#view.desk, action);
    this.#change({ desk, unread: without(this.#view.unread, desk.selected ?? '') });
  }

  #change(part: Partial<DeskView>): void {
    this.#view = { ...this.#view, ...part };
    for (const watcher of this.#watchers) watcher();
  }
}

/** The view that a guide's turn shows; null when the guide is over. */
function guideOf({ commands }: DeskTurn): Guide | null {
  for (const command of commands as { do?: unknown; wait?: unknown; view?: unknown }[]) {
    const view = command.do === 'view' ? readView(command.view) : null;
    if (view && typeof command.wait === 'number') return { wait: command.wait, view };
  }
  return null;
}

function parseItem(content: unknown): Item | null {
  if (typeof content !== 'string') return null;
  try {
    return JSON.parse(content) as Item;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== key));
}

const draftKey = (contactId: string): string => `trunkline.wrap-up.${contactId}`;
const chatKey = (contactId: string): string => `trunkline.chat.${contactId}`;
