/**
 * One WebRTC leg of a call, set up and kept up.
 *
 * Exactly one side, the offerer, ever makes offers, so there is never glare to resolve: with both sides offering,
 * one set-up in five hung in Chromium. Every page load has an id and every attempt a session. A reload, a lost message or a
 * broken path just begins the next session.
 */
import { readSignal, shortId, type SignalChannel, type SignalMessage } from './signal';

export type LinkState = 'connecting' | 'connected' | 'failed';

export interface LinkOptions {
  contactId: string;
  signal: SignalChannel;
  role: 'offerer' | 'answerer';
  /** What the other end is to hear. */
  stream: MediaStream;
  iceServers: RTCIceServer[];
  createPeer?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** How long an attempt may take, and how long a path may be away before the next begins. */
export const ATTEMPT_MS = 6000;
export const PATIENCE_MS = 3000;
/** After so many attempts in vain the leg counts as failed; it is tried on all the same. */
const ATTEMPTS_UNTIL_FAILED = 4;

const browserPeer = (configuration: RTCConfiguration): RTCPeerConnection => new RTCPeerConnection(configuration);

/** Tells `state` and `track` as events. */
export class Link extends EventTarget {
  state: LinkState = 'connecting';
  /** What the other end sends; a new one after every new session. */
  remote: MediaStream | null = null;

  private readonly id = shortId();
  private readonly unsubscribe: () => void;
  private peer: RTCPeerConnection | null = null;
  private session = '';
  private remoteId: string | null = null;
  private early: { session: string; candidate: RTCIceCandidateInit }[] = [];
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private work: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: LinkOptions) {
    super();
    this.unsubscribe = options.signal.subscribe((raw) => {
      const message = readSignal(raw, options.contactId);
      if (message) this.enqueue(() => this.receive(message));
    });
    this.greet();
  }

  /** Ends the leg and tells the other end. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unsubscribe();
    clearTimeout(this.timer);
    this.send({ type: 'bye' });
    this.drop();
  }

  /** Says that this end is here; the offerer repeats it until the other end has answered. */
  private greet(): void {
    this.send({ type: 'hello', id: this.id });
    if (this.options.role === 'offerer') this.after(PATIENCE_MS, () => this.greet());
  }

  /** One thing at a time: a peer connection must not be handed the next step while at the last. */
  private enqueue(step: () => Promise<void> | void): void {
    this.work = this.work
      .then(() => (this.closed ? undefined : step()))
      .catch((error: unknown) => {
        // The step belonged to a session that is over, or its message was damaged: the attempt's timer goes on from here.
        console.warn('call set-up', error instanceof Error ? error.message : error);
      });
  }

  private receive(message: SignalMessage): Promise<void> | void {
    switch (message.type) {
      case 'hello':
        return this.onHello(message.id, message.reply);
      case 'offer':
        return this.onOffer(message.session, message.sdp);
      case 'answer':
        return this.onAnswer(message.session, message.sdp);
      case 'ice':
        return this.onCandidate(message.session, message.candidate);
      case 'bye':
        this.onBye();
    }
  }

  private onHello(id: string, isReply: boolean): Promise<void> | void {
    if (!isReply) this.send({ type: 'hello', id: this.id, reply: true });
    if (this.options.role !== 'offerer' || id === this.remoteId) return;
    this.remoteId = id;
    return this.dial();
  }

  private async onOffer(session: string, sdp: string): Promise<void> {
    if (this.options.role !== 'answerer') return;
    const peer = this.renew(session);
    await peer.setRemoteDescription({ type: 'offer', sdp });
    await this.addEarly(peer);
    await peer.setLocalDescription();
    this.send({ type: 'answer', session, sdp: peer.localDescription?.sdp ?? '' });
  }

  private async onAnswer(session: string, sdp: string): Promise<void> {
    const peer = this.peer;
    if (session !== this.session || peer?.signalingState !== 'have-local-offer') return;
    await peer.setRemoteDescription({ type: 'answer', sdp });
    await this.addEarly(peer);
  }

  private async onCandidate(session: string, candidate: RTCIceCandidateInit): Promise<void> {
    if (session === this.session && this.peer?.remoteDescription) await this.peer.addIceCandidate(candidate);
    else this.early.push({ session, candidate });
  }

  private onBye(): void {
    this.remoteId = null;
    this.drop();
    this.set('connecting');
    if (this.options.role === 'offerer') this.after(PATIENCE_MS, () => this.greet());
  }

  private async addEarly(peer: RTCPeerConnection): Promise<void> {
    for (const { session, candidate } of this.early.splice(0)) {
      if (session === this.session) await peer.addIceCandidate(candidate);
    }
  }

  private async dial(): Promise<void> {
    this.attempts += 1;
    if (this.attempts > ATTEMPTS_UNTIL_FAILED) this.set('failed');
    const session = shortId();
    const peer = this.renew(session);
    this.after(ATTEMPT_MS, () => this.enqueue(() => this.dial()));
    await peer.setLocalDescription();
    this.send({ type: 'offer', session, sdp: peer.localDescription?.sdp ?? '' });
  }

  /** A fresh peer connection for a new session; the old one is let go. */
  private renew(session: string): RTCPeerConnection {
    this.drop();
    this.session = session;
    this.early = this.early.filter((one) => one.session === session);
    const create = this.options.createPeer ?? browserPeer;
    const peer = create({ iceServers: this.options.iceServers, bundlePolicy: 'max-bundle' });
    this.peer = peer;
    peer.ontrack = (event) => {
      this.remote = new MediaStream([event.track]);
      this.dispatchEvent(new Event('track'));
    };
    peer.onicecandidate = (event) => {
      if (event.candidate?.candidate) this.send({ type: 'ice', session, candidate: event.candidate.toJSON() });
    };
    peer.onconnectionstatechange = () => this.onConnectionState(peer.connectionState);
    for (const track of this.options.stream.getTracks()) peer.addTrack(track, this.options.stream);
    return peer;
  }

  private onConnectionState(state: RTCPeerConnectionState): void {
    if (state === 'connected') {
      clearTimeout(this.timer);
      this.attempts = 0;
      this.set('connected');
    } else if (state === 'failed' || state === 'disconnected') {
      this.set('connecting');
      if (this.options.role === 'offerer') {
        this.after(state === 'failed' ? 0 : PATIENCE_MS, () => this.enqueue(() => this.dial()));
      }
    }
  }

  private drop(): void {
    if (!this.peer) return;
    this.peer.onconnectionstatechange = null;
    this.peer.onicecandidate = null;
    this.peer.ontrack = null;
    this.peer.close();
    this.peer = null;
  }

  private set(state: LinkState): void {
    // A leg that failed says so until it is connected: more attempts are no news.
    if (state === this.state || (this.state === 'failed' && state === 'connecting')) return;
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }

  private after(milliseconds: number, step: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(step, milliseconds);
  }

  private send(message: Record<string, unknown>): void {
    this.options.signal.send({ contactId: this.options.contactId, ...message });
  }
}
