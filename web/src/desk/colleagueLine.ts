/** The caller's end of a call to a colleague: a second line of this desk, over which it is what a customer's page is. */

import { resumable, type BrowserCall, type CallView, type Ticket } from '../../call/call';
import { sentence } from '../api/errors';
import type { DeskContact } from '../api/types';

export type LineState = 'none' | 'opening' | 'ringing' | 'talking' | 'failed';

export interface LineView {
  contactId: string | null;
  state: LineState;
  isMuted: boolean;
  problem: string | null;
}

type End = Pick<BrowserCall, 'join' | 'mute' | 'hangUp' | 'call' | 'isMuted' | 'hasMicrophone'>;

const NOTHING: LineView = { contactId: null, state: 'none', isMuted: false, problem: null };

export class ColleagueLine {
  readonly #create: (view: CallView) => End;
  readonly #watchers = new Set<() => void>();
  #end: End | null = null;
  /** Whether the desk has shown the call: only then it means something that it does not any more. */
  #isOnDesk = false;
  #view: LineView = NOTHING;

  constructor(create: (view: CallView) => End) {
    this.#create = create;
  }

  view = (): LineView => this.#view;

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Opens the line of a call that was just made. */
  open = (ticket: Ticket): void => {
    this.#close();
    const end = this.#create({ show: () => this.#shown(end), said: ignore, entered: ignore, spoke: ignore });
    this.#end = end;
    this.#become({ ...NOTHING, contactId: ticket.contactId, state: 'opening' });
    end.join(ticket).catch((error: unknown) => this.#become({ ...this.#view, state: 'failed', problem: sentence(error) }));
  };

  /** Follows the desk: a page that was loaded again goes back into its call, and a call that is over is let go of. */
  follow(contact: DeskContact | null): void {
    if (contact === null) {
      if (this.#isOnDesk) this.#close();
      return;
    }
    if (this.#view.contactId === contact.contactId) {
      this.#isOnDesk = true;
      return;
    }
    const ticket = resumable();
    if (ticket?.contactId === contact.contactId) this.open(ticket);
  }

  mute = (on: boolean): void => this.#end?.mute(on);

  #shown(end: End): void {
    if (end !== this.#end) return;
    if (end.call.phase === 'ended') {
      this.#close();
      return;
    }
    const problem = end.hasMicrophone === false ? 'The browser refused the microphone. Allow it in the address bar, then call again.' : null;
    this.#become({ ...this.#view, state: stateOf(end), isMuted: end.isMuted, problem });
  }

  #close(): void {
    const end = this.#end;
    this.#end = null;
    this.#isOnDesk = false;
    if (end && end.call.phase !== 'ended') end.hangUp();
    if (this.#view !== NOTHING) this.#become(NOTHING);
  }

  #become(view: LineView): void {
    this.#view = view;
    for (const watcher of this.#watchers) watcher();
  }
}

function stateOf({ call }: End): LineState {
  if (call.phase === 'talking') return 'talking';
  return call.phase === 'dialling' ? 'ringing' : 'opening';
}

const ignore = (): void => undefined;
