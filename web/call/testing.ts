/** Stand-ins for the network and the sound of the page; for tests. */
import type { Rest } from '../src/api/rest';
import type { Sound } from './call';
import type { Prompt } from './model';

/** Every WebSocket that was opened; replaces the browser's own. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: { topic: string; content: unknown }[] = [];
  isClosed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as { topic: string; content: unknown });
  }

  close(): void {
    this.isClosed = true;
  }

  opens(): void {
    this.onopen?.();
  }

  falls(): void {
    this.onclose?.({ code: 1006, reason: '' });
  }

  brings(topic: string, content: unknown): void {
    this.onmessage?.({ data: JSON.stringify({ topic, content }) });
  }

  on(topic: string): unknown[] {
    return this.sent.filter((frame) => frame.topic === topic).map((frame) => frame.content);
  }
}

/** A REST client that answers every request with the same, or rejects. */
export function fakeRest(answer: unknown): { rest: Rest; requests: unknown[][] } {
  const requests: unknown[][] = [];
  const request = (...call: unknown[]): Promise<unknown> => {
    requests.push(call);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const rest = { request, as: () => rest } as unknown as Rest;
  return { rest, requests };
}

/** Sound that is only remembered; the test says when a prompt was heard. */
export class FakeSound implements Sound {
  readonly outgoing = { getTracks: () => [] } as unknown as MediaStream;
  readonly log: string[] = [];
  heard: () => void = () => undefined;
  /** What the page does with the microphone's samples. */
  takes: (samples: Float32Array) => void = () => undefined;
  isMicrophoneRefused = false;

  wake(): Promise<void> {
    return Promise.resolve();
  }

  addMicrophone(): Promise<void> {
    return this.isMicrophoneRefused ? Promise.reject(new DOMException('no', 'NotAllowedError')) : Promise.resolve();
  }

  listen(heard: (samples: Float32Array) => void): () => void {
    this.log.push('listen');
    this.takes = heard;
    return () => {
      this.log.push('deaf');
      this.takes = () => undefined;
    };
  }

  mute(on: boolean): void {
    this.log.push(on ? 'mute' : 'unmute');
  }

  hold(on: boolean): void {
    this.log.push(on ? 'hold' : 'no hold');
  }

  ringback(on: boolean): void {
    this.log.push(on ? 'ringback' : 'no ringback');
  }

  load(prompts: Prompt[]): void {
    this.log.push(`load ${prompts.length}`);
  }

  speak(prompt: Prompt, heard: () => void): void {
    this.log.push(`speak ${prompt.text}`);
    this.heard = heard;
  }

  hush(): void {
    this.log.push('hush');
  }

  playMusic(on: boolean): void {
    this.log.push(on ? 'music' : 'no music');
  }

  tone(key: string): void {
    this.log.push(`tone ${key}`);
  }

  attach(): void {
    this.log.push('agent');
  }

  levels(): Record<number, number> {
    return {};
  }

  close(): Promise<void> {
    this.log.push('close');
    return Promise.resolve();
  }
}
