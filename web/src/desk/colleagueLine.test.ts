import { beforeEach, describe, expect, it } from 'vitest';
import { idle, type Call } from '../../call/model';
import type { CallView, Ticket } from '../../call/call';
import { contact } from '../testing/samples';
import { ColleagueLine } from './colleagueLine';

const TICKET: Ticket = { contactId: 'c-9', participantToken: 't', websocketUrl: 'wss://acme.test/ws?connection=t' };
const CALLED = contact({ contactId: 'c-9', isCaller: true });

/** As much of a browser call as the line sees. */
class FakeEnd {
  call: Call = idle;
  isMuted = false;
  hasMicrophone: boolean | null = null;
  readonly did: string[] = [];

  constructor(private readonly view: CallView) {}

  join(ticket: Ticket): Promise<void> {
    this.did.push(`join ${ticket.contactId}`);
    return Promise.resolve();
  }

  mute(on: boolean): void {
    this.isMuted = on;
    this.view.show();
  }

  hangUp(): void {
    this.did.push('hang up');
  }

  becomes(phase: Call['phase']): void {
    this.call = { ...this.call, phase };
    this.view.show();
  }
}

describe('the line to a colleague', () => {
  let ends: FakeEnd[];
  let line: ColleagueLine;

  beforeEach(() => {
    sessionStorage.clear();
    ends = [];
    line = new ColleagueLine((view) => {
      const end = new FakeEnd(view);
      ends.push(end);
      return end;
    });
  });

  it('rings and talks as its turns say, and is muted', () => {
    line.open(TICKET);
    ends[0]!.becomes('dialling');
    expect(line.view()).toMatchObject({ contactId: 'c-9', state: 'ringing' });
    ends[0]!.becomes('talking');
    line.mute(true);

    expect(line.view()).toMatchObject({ state: 'talking', isMuted: true });
  });

  it('is let go of when the call has left the desk, and not before it was there', () => {
    line.open(TICKET);
    line.follow(null);
    expect(ends[0]!.did).toEqual(['join c-9']);
    line.follow(CALLED);
    line.follow(null);

    expect(ends[0]!.did).toEqual(['join c-9', 'hang up']);
    expect(line.view().state).toBe('none');
  });

  it('is over when the colleague hangs up', () => {
    line.open(TICKET);
    ends[0]!.becomes('ended');

    expect(line.view()).toMatchObject({ contactId: null, state: 'none' });
    expect(ends[0]!.did).toEqual(['join c-9']);
  });

  it('is gone back to by a page that was loaded again, if it is its call', () => {
    line.follow(CALLED);
    expect(ends).toEqual([]);
    sessionStorage.setItem('trunkline.call', JSON.stringify(TICKET));
    line.follow(CALLED);

    expect(ends[0]!.did).toEqual(['join c-9']);
  });

  it('says that there is no microphone', () => {
    line.open(TICKET);
    ends[0]!.hasMicrophone = false;
    ends[0]!.becomes('dialling');

    expect(line.view().problem).toContain('refused the microphone');
  });
});
