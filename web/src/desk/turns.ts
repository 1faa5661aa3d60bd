/** What flows play to the agent alone: whispers before the talk, and what the agent hears on hold. */

import { idle, next, type Call, type Effect, type Happening, type TimerName } from '../../call/model';
import { readTurn } from '../../call/protocol';
import type { DeskCommand, DeskTurn } from '../api/types';

/** What plays prompts and music; the customer's page has the same. */
export interface Speaker {
  wake(): Promise<void>;
  speak(prompt: { text: string; audioUrl: string | null; language: string }, heard: () => void): void;
  hush(): void;
  playMusic(on: boolean): void;
  close(): Promise<void>;
}

export interface TurnKeeperOptions {
  createSpeaker: () => Speaker;
  /** Answers of the agent's page: what was heard to its end. */
  tell: (command: DeskCommand) => void;
  /** A line that the agent heard, or reads. */
  said: (contactId: string, text: string) => void;
}

interface Leg {
  call: Call;
  speaker: Speaker;
  timers: Map<TimerName, ReturnType<typeof setTimeout>>;
}

/** The agent's leg of each contact follows the same rules as a caller's: one model for both. */
export class TurnKeeper {
  readonly #options: TurnKeeperOptions;
  readonly #legs = new Map<string, Leg>();

  constructor(options: TurnKeeperOptions) {
    this.#options = options;
  }

  /** `isHeard`: false on a chat, where the agent reads. */
  take(frame: DeskTurn, isHeard: boolean): void {
    const turn = readTurn(frame);
    if (turn) this.#happen(frame.contactId, { type: 'turn', turn }, isHeard);
  }

  forget(contactId: string): void {
    const leg = this.#legs.get(contactId);
    if (!leg) return;
    this.#legs.delete(contactId);
    for (const timer of leg.timers.values()) clearTimeout(timer);
    void leg.speaker.close();
  }

  close(): void {
    for (const contactId of [...this.#legs.keys()]) this.forget(contactId);
  }

  #happen(contactId: string, happening: Happening, isHeard: boolean): void {
    const leg = this.#legs.get(contactId) ?? this.#begin(contactId, isHeard);
    const { call, effects } = next(leg.call, happening);
    leg.call = call;
    for (const effect of effects) this.#carryOut(contactId, leg, effect);
  }

  #begin(contactId: string, isHeard: boolean): Leg {
    const speaker = isHeard ? this.#options.createSpeaker() : silent();
    const leg: Leg = { call: next(idle, { type: 'dialled' }).call, speaker, timers: new Map() };
    this.#legs.set(contactId, leg);
    void speaker.wake();
    return leg;
  }

  #carryOut(contactId: string, leg: Leg, effect: Effect): void {
    const happen = (happening: Happening): void => {
      if (this.#legs.get(contactId) === leg) this.#happen(contactId, happening, true);
    };
    switch (effect.do) {
      case 'speak':
        if (!effect.isRepeat) this.#options.said(contactId, effect.prompt.text);
        leg.speaker.speak(effect.prompt, () => happen({ type: 'heard', speech: effect.speech }));
        break;
      case 'hush':
        leg.speaker.hush();
        break;
      case 'music':
        leg.speaker.playMusic(effect.on);
        break;
      case 'timer':
        clearTimeout(leg.timers.get(effect.name));
        leg.timers.set(effect.name, setTimeout(() => happen({ type: 'timer', name: effect.name }), effect.seconds * 1000));
        break;
      case 'stop timer':
        clearTimeout(leg.timers.get(effect.name));
        break;
      case 'send':
        if (effect.message.type === 'played' || effect.message.type === 'timeout') this.#options.tell({ type: effect.message.type, contactId, wait: effect.message.wait });
        break;
      default: // the talk itself is the desk's, and nobody types here
    }
  }
}

/** On a chat there is nothing to hear: what is said is read at once. */
function silent(): Speaker {
  return {
    wake: () => Promise.resolve(),
    speak: (_, heard) => queueMicrotask(heard),
    hush: () => undefined,
    playMusic: () => undefined,
    close: () => Promise.resolve(),
  };
}
