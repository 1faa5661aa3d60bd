/** A chat with the center over the participant API, as Amazon Connect's own clients hold it. */
import type { Rest } from '../src/api/rest';
import { TopicSocket } from '../src/api/socket';
import { shortId } from '../src/voice/signal';
import { answerMessage, INTERACTIVE_RESPONSE, type Answer } from '../src/views/view';
import { answering, failed, left, noChat, readItem, sending, sent, withItem, type Chat, type Item, type Line } from './chatModel';

interface Connection {
  Websocket: { Url: string };
  ConnectionCredentials: { ConnectionToken: string };
}

/** Calls the participant API with a bearer of its own kind. */
export type Participate = <T>(path: string, bearer: string, body: unknown) => Promise<T>;

/** The participant API below a base address; a refusal rejects with what it said. */
export const participantApi =
  (base: string): Participate =>
  async <T>(path: string, bearer: string, body: unknown): Promise<T> => {
    const reply = await fetch(`${base}/participant/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Amz-Bearer': bearer },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`the chat answered ${reply.status}`);
    const text = await reply.text();
    return (text ? JSON.parse(text) : {}) as T;
  };

const TYPING_EVERY_MS = 5000;
const TYPING = 'application/vnd.amazonaws.connect.event.typing';

export class BrowserChat {
  chat: Chat = noChat;
  isReconnecting = false;

  private participantToken = '';
  private connectionToken = '';
  private socket: TopicSocket | null = null;
  private typedAt = 0;

  constructor(
    private readonly rest: Rest,
    private readonly participate: Participate,
    private readonly show: () => void,
  ) {}

  /** Begins a chat; rejects when the center does not take it. */
  async start(displayName: string): Promise<void> {
    this.become({ ...noChat, phase: 'starting' });
    try {
      const { participantToken } = await this.rest.request<{ participantToken: string }>('POST', '/v1/chats', { displayName });
      this.participantToken = participantToken;
    } catch (error) {
      this.become(noChat);
      throw error;
    }
    this.connect();
  }

  async send(text: string, id: string = shortId()): Promise<void> {
    this.become(sending(this.chat, id, text, new Date().toISOString()));
    await this.deliver(id, 'text/plain', text);
  }

  /** Answers the view that a flow shows. */
  async answer(answer: Answer, id: string = shortId()): Promise<void> {
    const message = answerMessage(answer);
    this.become(answering(this.chat, id, message, new Date().toISOString()));
    await this.deliver(id, INTERACTIVE_RESPONSE, message);
  }

  /** Once more what could not be sent. */
  async again({ id, text, answer }: Line): Promise<void> {
    if (answer === null) return this.send(text, id);
    this.become(answering(this.chat, id, answer, new Date().toISOString()));
    await this.deliver(id, INTERACTIVE_RESPONSE, answer);
  }

  /** Tells the agent that the customer types; seldom enough. */
  typing(): void {
    const now = Date.now();
    if (now - this.typedAt < TYPING_EVERY_MS || this.chat.phase !== 'open') return;
    this.typedAt = now;
    this.participate('event', this.connectionToken, { ContentType: TYPING }).catch(() => undefined); // nobody misses it
  }

  async leave(): Promise<void> {
    const token = this.connectionToken;
    this.socket?.stop();
    this.become(left(this.chat, new Date().toISOString()));
    await this.participate('disconnect', token, {});
  }

  private async deliver(id: string, ContentType: string, Content: string): Promise<void> {
    try {
      const reply = await this.participate<{ Id: string; AbsoluteTime: string }>('message', this.connectionToken, { ContentType, Content, ClientToken: id });
      this.become(sent(this.chat, id, reply.Id, reply.AbsoluteTime));
    } catch (error) {
      console.warn('message not sent', error instanceof Error ? error.message : error);
      this.become(failed(this.chat, id));
    }
  }

  private connect(): void {
    // Addresses and tokens of a connection expire: every new line begins with a new one.
    const socket = new TopicSocket({
      url: async () => {
        const wanted = { Type: ['WEBSOCKET', 'CONNECTION_CREDENTIALS'], ConnectParticipant: true };
        const connection = await this.participate<Connection>('connection', this.participantToken, wanted);
        this.connectionToken = connection.ConnectionCredentials.ConnectionToken;
        return connection.Websocket.Url;
      },
    });
    this.socket = socket;
    socket.onState((state) => {
      this.isReconnecting = state !== 'open' && this.chat.phase === 'open';
      if (state === 'open') {
        socket.send('aws/subscribe', { topics: ['aws/chat'] });
        if (this.chat.phase === 'starting') this.become({ ...this.chat, phase: 'open' });
        void this.catchUp().catch((error: unknown) => console.warn('transcript', error));
      }
      this.show();
    });
    socket.on('aws/chat', (content) => this.receive(content));
    socket.start();
  }

  /** What was said while there was no line. */
  private async catchUp(): Promise<void> {
    const wanted = { MaxResults: 100, ScanDirection: 'BACKWARD', SortOrder: 'ASCENDING' };
    const { Transcript } = await this.participate<{ Transcript: Item[] }>('transcript', this.connectionToken, wanted);
    for (const item of Transcript) this.receive(item);
  }

  private receive(raw: unknown): void {
    const item = readItem(raw);
    if (!item) return;
    const wasEnded = this.chat.phase === 'ended';
    this.become(withItem(this.chat, item, Date.now()));
    if (!wasEnded && this.chat.phase === 'ended') this.socket?.stop();
  }

  private become(chat: Chat): void {
    this.chat = chat;
    this.show();
  }
}
