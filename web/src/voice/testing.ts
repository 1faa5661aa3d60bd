/** Stand-ins for what only a browser has; for tests. */
import type { SignalChannel } from './signal';

type Handler = (message: Record<string, unknown>) => void;

/** Two ends of a line; messages wait until `deliver`, and can be lost on the way. */
export class FakeWire {
  private readonly ends: { handlers: Set<Handler>; inbox: Record<string, unknown>[] }[] = [
    { handlers: new Set(), inbox: [] },
    { handlers: new Set(), inbox: [] },
  ];
  readonly log: string[] = [];
  isDown = false;

  end(index: 0 | 1): SignalChannel {
    const own = this.ends[index];
    const other = this.ends[1 - index];
    return {
      send: (message) => {
        this.log.push(`${index === 0 ? 'agent' : 'customer'} ${String(message.type)}`);
        if (!this.isDown) other?.inbox.push(structuredClone(message));
      },
      subscribe: (fn) => {
        own?.handlers.add(fn);
        return () => own?.handlers.delete(fn);
      },
    };
  }

  /** Hands over everything, and what is said in answer, until nobody has anything to say. */
  async deliver(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await new Promise<void>((next) => queueMicrotask(next));
      for (let i = 0; i < 20; i += 1) await Promise.resolve();
      const before = this.log.length;
      for (const end of this.ends) {
        for (const message of end.inbox.splice(0)) end.handlers.forEach((handler) => handler(message));
      }
      for (let i = 0; i < 20; i += 1) await Promise.resolve();
      quiet = this.log.length === before && this.ends.every((end) => end.inbox.length === 0) ? quiet + 1 : 0;
    }
  }
}

/** As much of a peer connection as the set-up of a leg sees; it keeps the rules of the real one. */
export class FakePeer {
  static readonly all: FakePeer[] = [];
  connectionState: RTCPeerConnectionState = 'new';
  signalingState: RTCSignalingState = 'stable';
  localDescription: { sdp: string } | null = null;
  remoteDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  ontrack: ((event: { track: unknown }) => void) | null = null;
  candidates: unknown[] = [];
  isClosed = false;

  constructor() {
    FakePeer.all.push(this);
  }

  addTrack(): void {
    // what is sent does not matter here
  }

  setLocalDescription(): Promise<void> {
    const isAnswer = this.signalingState === 'have-remote-offer';
    this.signalingState = isAnswer ? 'stable' : 'have-local-offer';
    this.localDescription = { sdp: isAnswer ? `answer to ${this.remoteDescription?.sdp ?? ''}` : `offer ${FakePeer.all.length}` };
    this.onicecandidate?.({ candidate: { candidate: 'host', toJSON: () => ({ candidate: 'host' }) } });
    return Promise.resolve();
  }

  setRemoteDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    this.remoteDescription = { sdp };
    return Promise.resolve();
  }

  addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) return Promise.reject(new Error('no remote description'));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }

  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

/** A function that makes fake peers where a link wants real ones. */
export const fakePeers = (): RTCPeerConnection => new FakePeer() as unknown as RTCPeerConnection;

/** A stream without tracks. */
export const silentStream = (): MediaStream => ({ getTracks: () => [] }) as unknown as MediaStream;
