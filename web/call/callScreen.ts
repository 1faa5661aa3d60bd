/** Draws a browser call and takes its clicks and keys. */
import { sentence } from '../src/api/errors';
import type { Rest } from '../src/api/rest';
import { BrowserCall, resumable } from './call';
import { box, button, clock, follow, input, make } from './dom';
import type { Phase } from './model';

const KEYS: [key: string, letters: string, testId: string][] = [
  ['1', '', 'key-1'],
  ['2', 'ABC', 'key-2'],
  ['3', 'DEF', 'key-3'],
  ['4', 'GHI', 'key-4'],
  ['5', 'JKL', 'key-5'],
  ['6', 'MNO', 'key-6'],
  ['7', 'PQRS', 'key-7'],
  ['8', 'TUV', 'key-8'],
  ['9', 'WXYZ', 'key-9'],
  ['*', '', 'key-star'],
  ['0', '', 'key-0'],
  ['#', '', 'key-hash'],
];

const SENTENCES: Record<Phase, [string, string]> = {
  idle: ['', ''],
  ringing: ['Calling…', ''],
  menu: ['Connected', 'Listen, and use the keypad'],
  waiting: ['Please hold', 'Somebody will be with you soon'],
  talking: ['Connecting you…', ''],
  dialling: ['Calling somebody for you…', 'It is ringing'],
  bridged: ['Connected', 'You are talking with somebody outside'],
  ended: ['Call ended', ''],
};

const REASONS: Record<string, string> = {
  CUSTOMER_DISCONNECT: 'You hung up.',
  AGENT_DISCONNECT: 'Thank you for calling.',
  CONTACT_FLOW_DISCONNECT: 'Thank you for calling.',
  LOST: 'The connection was lost. Please call again.',
  REFUSED: 'The call could not be made.',
};

declare global {
  interface Window {
    /** For tests that listen: what the customer hears, in dB at the given frequencies. */
    trunkline?: { levels(hz: number[]): Record<number, number>; readonly state: string };
  }
}

export class CallScreen {
  private readonly call: BrowserCall;
  private readonly log = box('call-log');
  private readonly pads = new Map<string, HTMLButtonElement>();

  constructor(rest: Rest) {
    this.call = new BrowserCall(rest, this);
    this.drawKeypad();
    this.listen();
    setInterval(() => this.drawTimer(), 500);
    button('call-resume').hidden = resumable() === null;
    const { call } = this;
    window.trunkline = {
      levels: (hz) => call.levels(hz),
      get state() {
        return call.state;
      },
    };
  }

  /** A digit typed on the keyboard goes to the call unless it goes into a field. */
  type(key: string): boolean {
    if (!this.isInCall || !this.pads.has(key)) return false;
    this.press(key);
    return true;
  }

  show(): void {
    const { call } = this;
    const { phase } = call.call;
    const isOpen = phase !== 'idle' && phase !== 'ended';
    box('call-screen').hidden = phase === 'idle';
    box('call-form').hidden = isOpen;
    const [state, detail] = this.sentences();
    if (box('call-state').textContent !== state) box('call-state').textContent = state;
    box('call-detail').textContent = detail;
    box('call-pulse').dataset.phase = phase;
    box('call-screen').dataset.phase = phase;
    box('call-reconnecting').hidden = !(isOpen && call.isReconnecting && call.call.seq > 0);
    box('mic-refused').hidden = !(isOpen && call.hasMicrophone === false);
    box('keypad').hidden = !isOpen;
    box('say-form').hidden = !(isOpen && call.isListening);
    button('call-hangup').hidden = button('call-mute').hidden = !isOpen;
    button('call-mute').disabled = call.hasMicrophone !== true;
    button('call-mute').setAttribute('aria-pressed', String(call.isMuted));
    button('call-mute').textContent = call.isMuted ? 'Unmute' : 'Mute';
    if (isOpen) button('call-resume').hidden = true;
    this.drawTimer();
  }

  said(prompt: { text: string; language: string }): void {
    const line = make('li', '', prompt.text);
    line.lang = prompt.language; // for screen readers: in its own language
    line.dir = 'auto';
    follow(this.log, () => this.log.append(line));
  }

  entered(digits: string, isSecret: boolean): void {
    const text = isSecret ? `You entered ${digits.length} digits` : `You pressed ${digits}`;
    follow(this.log, () => this.log.append(make('li', 'mine', text)));
  }

  spoke(text: string | null): void {
    const line = text === null ? 'You said something that we did not understand' : `You said “${text}”`;
    follow(this.log, () => this.log.append(make('li', 'mine', line)));
  }

  private get isInCall(): boolean {
    const { phase } = this.call.call;
    return phase !== 'idle' && phase !== 'ended';
  }

  private sentences(): [string, string] {
    const { phase, reason, agentName, talk } = this.call.call;
    if (phase === 'ended') return [SENTENCES.ended[0], REASONS[reason ?? ''] ?? ''];
    if (talk === 'held') return ['On hold', `${agentName ?? 'Somebody'} will be back with you soon`];
    if (this.call.isListening) return [SENTENCES.menu[0], this.call.isSpeaking ? 'Listening…' : 'Say it, or use the keypad'];
    return phase === 'talking' ? this.talkSentences(agentName ?? 'us') : SENTENCES[phase];
  }

  private talkSentences(name: string): [string, string] {
    if (this.call.linkState === 'connected') return [`Talking with ${name}`, this.call.isMuted ? 'You are muted' : ''];
    return this.call.talkingSince === null ? [`Connecting you with ${name}…`, ''] : ['One moment…', 'The line is being restored'];
  }

  private listen(): void {
    box('call-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const caller = { name: input('call-name').value.trim(), number: input('call-number').value.trim() };
      void this.begin(() => this.call.ring(caller));
    });
    button('call-resume').addEventListener('click', () => void this.begin(() => this.call.resume()));
    button('call-hangup').addEventListener('click', () => {
      this.call.hangUp();
      button('call-start').focus();
    });
    button('call-mute').addEventListener('click', () => this.call.mute(!this.call.isMuted));
    box('say-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const text = input('say-text').value.trim();
      input('say-text').value = '';
      if (text) this.call.write(text);
    });
    button('mic-retry').addEventListener('click', () => void this.call.askMicrophone());
  }

  private async begin(how: () => Promise<void>): Promise<void> {
    this.log.replaceChildren();
    box('call-error').hidden = true;
    try {
      await how();
    } catch (error) {
      box('call-error').textContent = sentence(error);
      box('call-error').hidden = false;
    }
  }

  private drawKeypad(): void {
    for (const [key, letters, testId] of KEYS) {
      const pad = document.createElement('button');
      pad.type = 'button';
      pad.dataset.testid = testId;
      pad.setAttribute('aria-label', { '*': 'Star', '#': 'Hash' }[key] ?? key);
      pad.append(key);
      if (letters) pad.append(make('small', '', letters));
      pad.addEventListener('click', () => this.press(key));
      this.pads.set(key, pad);
      box('keypad').append(pad);
    }
  }

  private press(key: string): void {
    const pad = this.pads.get(key);
    pad?.classList.add('pressed');
    setTimeout(() => pad?.classList.remove('pressed'), 150);
    this.call.press(key);
  }

  private drawTimer(): void {
    const since = this.call.talkingSince ?? this.call.startedAt;
    box('call-timer').hidden = since === null;
    if (since !== null) box('call-timer').textContent = clock(Date.now() - since);
  }
}
