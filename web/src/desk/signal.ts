import type { TopicSocket } from '../api/socket';
import type { SignalChannel } from '../voice/index';

const TOPIC = 'trunkline/signal';

/** The signalling of one contact on the desk's socket. */
export function signalOf(socket: TopicSocket, contactId: string): SignalChannel {
  return {
    send: (message) => {
      socket.send(TOPIC, { ...message, contactId });
    },
    subscribe: (listener) =>
      socket.on(TOPIC, (content) => {
        const message = content as Record<string, unknown> | null;
        if (message?.contactId === contactId && message.from !== 'agent') listener(message);
      }),
  };
}
