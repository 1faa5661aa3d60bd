/** Prompts that are only remembered; the test says when one was heard. */

import type { Speaker } from '../desk/turns';

export class FakeSpeaker implements Speaker {
  readonly log: string[] = [];
  heard: () => void = () => undefined;

  wake(): Promise<void> {
    return Promise.resolve();
  }

  speak({ text }: { text: string }, heard: () => void): void {
    this.log.push(`speak ${text}`);
    this.heard = heard;
  }

  hush(): void {
    this.log.push('hush');
  }

  playMusic(on: boolean): void {
    this.log.push(on ? 'music' : 'no music');
  }

  close(): Promise<void> {
    this.log.push('close');
    return Promise.resolve();
  }
}
