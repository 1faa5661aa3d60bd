/** How the two ends of a call find each other: small messages, relayed by the server. */

/** The way to the other end; messages may get lost, and what is not ours is ignored. */
export interface SignalChannel {
  send(message: Record<string, unknown>): void;
  subscribe(fn: (message: Record<string, unknown>) => void): () => void;
}

export type SignalMessage =
  | { type: 'hello'; id: string; reply: boolean }
  | { type: 'offer' | 'answer'; session: string; sdp: string }
  | { type: 'ice'; session: string; candidate: RTCIceCandidateInit }
  | { type: 'bye' };

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What the message says, or null when it is no signalling message of this contact. */
export function readSignal(raw: Record<string, unknown>, contactId: string): SignalMessage | null {
  if (raw.contactId !== contactId) return null;
  if (raw.type === 'bye') return { type: 'bye' };
  if (raw.type === 'hello') {
    const id = text(raw.id);
    return id === null ? null : { type: 'hello', id, reply: raw.reply === true };
  }
  return readSession(raw);
}

function readSession(raw: Record<string, unknown>): SignalMessage | null {
  const session = text(raw.session);
  if (session === null) return null;
  if (raw.type === 'offer' || raw.type === 'answer') {
    const sdp = text(raw.sdp);
    return sdp === null ? null : { type: raw.type, session, sdp };
  }
  if (raw.type === 'ice' && typeof raw.candidate === 'object' && raw.candidate !== null) {
    return { type: 'ice', session, candidate: raw.candidate };
  }
  return null;
}

/** A short name nobody else has at the moment. */
export const shortId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};
