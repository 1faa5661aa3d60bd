/** A browser call: the model decides, this carries it out on socket, audio and timers. */
import type { Rest } from '../src/api/rest';
import { TopicSocket } from '../src/api/socket';
import { Link } from '../src/voice/link';
import type { SignalChannel } from '../src/voice/signal';
import { CallAudioOut } from './audio';
import { base64, Endpointer } from './endpointer';
import { idle, next, type Call, type Effect, type Happening, type Listen, type TimerName } from './model';
import { readTurn } from './protocol';

export interface Ticket {
  contactId: string;
  participantToken: string;
  websocketUrl: string;
  iceServers?: RTCIceServer[];
}

export interface CallView {
  /** Whatever changed. */
  show(): void;
  said(prompt: { text: string; language: string }): void;
  entered(digits: string, isSecret: boolean): void;
  /** What the customer said; null: nobody could make it out. */
  spoke(text: string | null): void;
}

/** What a call needs of the page's audio. */
export type Sound = Pick<CallAudioOut, keyof CallAudioOut>;

export interface Caller {
  name: string;
  number: string;
}

/** After so long without a line the call is over, whatever the server thinks. */
const LOST_AFTER_MS = 90_000;
const RESUME_KEY = 'trunkline.call';

export class BrowserCall {
  call: Call = idle;
  isMuted = false;
  /** null: not asked yet. */
  hasMicrophone: boolean | null = null;
  isReconnecting = false;
  talkingSince: number | null = null;
  startedAt: number | null = null;
  isSpeaking = false;

  private audio: Sound | null = null;
  private socket: TopicSocket | null = null;
  private link: Link | null = null;
  private ticket: Ticket | null = null;
  private stopListening: () => void = () => undefined;
  private readonly timers = new Map<TimerName | 'lost', ReturnType<typeof setTimeout>>();

  constructor(
    private readonly rest: Rest,
    private readonly view: CallView,
    private readonly createSound: () => Sound = () => new CallAudioOut(),
  ) {}

  get isListening(): boolean {
    return this.call.doing?.command.do === 'listen';
  }

  /** The state in one word, with the leg's when there is one. */
  get state(): string {
    return this.call.phase === 'talking' && this.link ? `talking ${this.link.state}` : this.call.phase;
  }

  get linkState(): string | null {
    return this.link?.state ?? null;
  }

  /** Rings the center; rejects when it does not answer at all. */
  async ring(caller: Caller): Promise<void> {
    await this.open(() =>
      this.rest.request<Ticket>('POST', '/v1/calls', {
        ...(caller.name ? { displayName: caller.name } : {}),
        ...(caller.number ? { phoneNumber: caller.number } : {}),
      }),
    );
  }

  /** Goes back into the call that this page was in before it was loaded again. */
  async resume(): Promise<void> {
    const ticket = resumable();
    if (ticket) await this.open(() => Promise.resolve(ticket));
  }

  /** Goes into a call that was made elsewhere: by an agent's desk, to a colleague. */
  async join(ticket: Ticket): Promise<void> {
    await this.open(() => Promise.resolve(ticket));
  }

  press(key: string): void {
    this.audio?.tone(key);
    this.happen({ type: 'key', key });
  }

  /** Written instead of said. */
  write(text: string): void {
    if (!this.isListening) return;
    this.view.spoke(text);
    this.happen({ type: 'typed', text });
  }

  mute(on: boolean): void {
    this.isMuted = on;
    this.audio?.mute(on);
    this.view.show();
  }

  hangUp(): void {
    this.happen({ type: 'hung up' });
  }

  /** Asks for the microphone; a call goes on without one, the customer then only listens and presses keys. */
  async askMicrophone(): Promise<void> {
    try {
      await this.audio?.addMicrophone();
      this.hasMicrophone = true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.hasMicrophone = false;
    }
    this.view.show();
  }

  levels(hz: number[]): Record<number, number> {
    return this.audio?.levels(hz) ?? {};
  }

  private async open(obtain: () => Promise<Ticket>): Promise<void> {
    this.audio = this.createSound();
    await this.audio.wake();
    this.isMuted = false;
    this.happen({ type: 'dialled' });
    try {
      this.ticket = await obtain();
    } catch (error) {
      this.happen({ type: 'lost', reason: 'REFUSED' });
      throw error;
    }
    this.startedAt = Date.now();
    sessionStorage.setItem(RESUME_KEY, JSON.stringify(this.ticket));
    this.connect(this.ticket);
    await this.askMicrophone();
  }

  private connect(ticket: Ticket): void {
    const socket = new TopicSocket({ url: () => Promise.resolve(ticket.websocketUrl) });
    this.socket = socket;
    socket.on('trunkline/call', (content) => {
      const turn = readTurn(content);
      if (!turn) return;
      for (const command of turn.commands) if ('prompts' in command) this.audio?.load(command.prompts);
      this.happen({ type: 'turn', turn });
    });
    socket.onState((state) => {
      if (socket !== this.socket) return; // the call is over
      this.isReconnecting = state !== 'open';
      if (state === 'open') {
        this.stopTimer('lost');
        socket.send('trunkline/call', { type: 'hello' });
      } else if (state === 'waiting' && !this.timers.has('lost')) {
        this.startTimer('lost', LOST_AFTER_MS, () => this.happen({ type: 'lost', reason: 'LOST' }));
      }
      this.view.show();
    });
    socket.start();
  }

  private happen(happening: Happening): void {
    const { call, effects } = next(this.call, happening);
    this.call = call;
    for (const effect of effects) this.carryOut(effect);
    this.view.show();
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'timer':
        this.startTimer(effect.name, effect.seconds * 1000, () => this.happen({ type: 'timer', name: effect.name }));
        break;
      case 'stop timer':
        this.stopTimer(effect.name);
        break;
      case 'send':
        // Not sent while the line is down: the server repeats the turn after the next hello, and the model its answer.
        this.socket?.send('trunkline/call', effect.message);
        break;
      case 'entered':
        this.view.entered(effect.digits, effect.isSecret);
        break;
      case 'talk':
        this.talk();
        break;
      case 'part':
        this.part();
        break;
      case 'over':
        this.over();
        break;
      default:
        this.sound(effect);
    }
  }

  private sound(effect: Extract<Effect, { do: 'speak' | 'hush' | 'music' | 'hold' | 'ringback' | 'ear' }>): void {
    const { audio } = this;
    if (!audio) return;
    switch (effect.do) {
      case 'speak':
        if (!effect.isRepeat) this.view.said(effect.prompt);
        audio.speak(effect.prompt, () => this.happen({ type: 'heard', speech: effect.speech }));
        break;
      case 'hush':
        audio.hush();
        break;
      case 'music':
        audio.playMusic(effect.on);
        break;
      case 'hold':
        audio.hold(effect.on);
        break;
      case 'ringback':
        audio.ringback(effect.on);
        break;
      case 'ear':
        this.stopListening();
        this.stopListening = () => undefined;
        this.isSpeaking = false;
        if (effect.for) this.listen(audio, effect.for);
    }
  }

  /** Until the customer has said something, or it does not matter any more. */
  private listen(audio: Sound, command: Listen): void {
    const endpointer = new Endpointer(command);
    this.stopListening = audio.listen((samples) => {
      const heard = endpointer.take(samples, this.call.speech !== 0);
      if (heard === null) return;
      if (heard === 'speaking') {
        this.isSpeaking = true;
        this.happen({ type: 'speaking' });
        return;
      }
      this.happen({ type: 'uttered' });
      void this.utter(command.wait, heard);
    });
  }

  private async utter(wait: number, samples: Int16Array): Promise<void> {
    const { ticket } = this;
    if (!ticket) return;
    try {
      const path = `/v1/contacts/${encodeURIComponent(this.call.contactId ?? ticket.contactId)}/speech`;
      const body = { wait, audio: base64(samples) };
      const { text } = await this.rest.as(ticket.participantToken).request<{ text: string | null }>('POST', path, body);
      if (text !== null) this.view.spoke(/\w/.test(text) ? text : null);
    } catch (error) {
      console.warn('what was said did not arrive', error instanceof Error ? error.message : error);
      this.happen({ type: 'unheard', wait });
    }
  }

  private talk(): void {
    const { audio, ticket } = this;
    if (!audio || !ticket) return;
    this.link?.close();
    const link = new Link({
      contactId: this.call.contactId ?? ticket.contactId,
      signal: this.signal(),
      role: 'answerer',
      stream: audio.outgoing,
      iceServers: ticket.iceServers ?? [],
    });
    this.link = link;
    link.addEventListener('track', () => {
      if (link.remote) audio.attach(link.remote);
    });
    link.addEventListener('state', () => {
      if (link.state === 'connected') this.talkingSince ??= Date.now();
      this.view.show();
    });
  }

  /** The agent has gone, the customer stays. */
  private part(): void {
    this.link?.close();
    this.link = null;
    this.talkingSince = null;
    this.audio?.hold(false);
  }

  private signal(): SignalChannel {
    return {
      send: (message) => void this.socket?.send('trunkline/signal', message),
      subscribe: (fn) =>
        this.socket?.on('trunkline/signal', (content) => {
          if (typeof content === 'object' && content !== null) fn(content as Record<string, unknown>);
        }) ?? (() => undefined),
    };
  }

  private over(): void {
    sessionStorage.removeItem(RESUME_KEY);
    this.link?.close();
    this.link = null;
    this.stopListening();
    this.isSpeaking = false;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    const { audio, socket } = this;
    this.audio = null;
    this.socket = null;
    setTimeout(() => socket?.stop(), 300); // so that a hangup is on its way
    void audio?.close();
    this.isReconnecting = false;
    this.talkingSince = null;
    this.startedAt = null;
    this.hasMicrophone = null;
  }

  private startTimer(name: TimerName | 'lost', milliseconds: number, fire: () => void): void {
    this.stopTimer(name);
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        fire();
      }, milliseconds),
    );
  }

  private stopTimer(name: TimerName | 'lost'): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}

/** The call that this page was in, if it was in one. */
export function resumable(): Ticket | null {
  const kept = sessionStorage.getItem(RESUME_KEY);
  return kept === null ? null : (JSON.parse(kept) as Ticket);
}
