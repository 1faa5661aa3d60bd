import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type UIEvent } from 'react';
import type { DeskContact } from '../api/types';
import { timeOfDay } from '../app/format';
import { useTick } from '../app/hooks';
import { Empty } from '../app/States';
import { EMPTY_CHAT, hasCustomerLeft, isTyping, lines, type Chat, type Line } from './chat';
import { useDesk } from './DeskProvider';
import { isEditing } from './focus';

const MESSAGE_LIMIT = 1024;
const NEAR_BOTTOM_PX = 60;

/** A chat that goes on, or one that has ended and is read while wrapping up. */
export function ChatPanel({ contact }: { contact: DeskContact }): ReactNode {
  const { view, store } = useDesk();
  const chat = view.chats[contact.contactId] ?? EMPTY_CHAT;
  const isOpen = contact.state === 'CONNECTED';
  return (
    <div className="tl-chat">
      <Transcript key={contact.contactId} chat={chat} isOpen={isOpen} onRetry={(line) => void store.sendChat(contact.contactId, line.text, line.id)} />
      {isOpen && hasCustomerLeft(chat) && (
        <div className="tl-chat-left" role="status">
          The customer has left the chat. End it to begin after contact work.
        </div>
      )}
      {isOpen && <Composer contactId={contact.contactId} />}
    </div>
  );
}

interface TranscriptProps {
  chat: Chat;
  isOpen: boolean;
  onRetry: (line: Extract<Line, { kind: 'message' }>) => void;
}

function Transcript({ chat, isOpen, onRetry }: TranscriptProps): ReactNode {
  useTick(1000);
  const all = lines(chat);
  const isCustomerTyping = isOpen && isTyping(chat, Date.now());
  const { box, onScroll, hasUnseen, toBottom } = useStickToBottom(all.length, isCustomerTyping);
  return (
    <div className="tl-chat-wrap">
      <div className="tl-chat-lines" ref={box} onScroll={onScroll} role="log" aria-label="Chat transcript" tabIndex={0}>
        {all.length === 0 && <Empty title={chat.hasLoaded ? 'Nothing was said yet' : 'Loading the chat…'} />}
        {all.map((line) => (line.kind === 'message' ? <Message key={line.id} line={line} onRetry={() => onRetry(line)} /> : <Event key={line.id} line={line} />))}
        {isCustomerTyping && (
          <div className="tl-typing" role="status" aria-label="The customer is typing">
            <i /> <i /> <i />
          </div>
        )}
      </div>
      {hasUnseen && (
        <div className="tl-chat-new">
          <Button iconName="angle-down" onClick={toBottom}>
            New messages
          </Button>
        </div>
      )}
    </div>
  );
}

const DELIVERY_WORDS = { sending: 'Sending…', sent: 'Sent', delivered: 'Delivered', read: 'Read', failed: 'Not sent' };

function Message({ line, onRetry }: { line: Extract<Line, { kind: 'message' }>; onRetry: () => void }): ReactNode {
  return (
    <div className={`tl-message tl-message-${line.who}`} data-delivery={line.delivery ?? undefined}>
      <div className="tl-message-text" dir="auto">
        {line.text}
      </div>
      <div className="tl-message-meta">
        {line.who !== 'agent' && `${line.name} · `}
        {timeOfDay(line.at)}
        {line.delivery && line.delivery !== 'failed' && ` · ${DELIVERY_WORDS[line.delivery]}`}
        {line.delivery === 'failed' && (
          <span role="alert">
            {' '}
            <StatusIndicator type="error">{line.reason ?? DELIVERY_WORDS.failed}</StatusIndicator>{' '}
            <Button variant="inline-link" onClick={onRetry}>
              Send again
            </Button>
          </span>
        )}
      </div>
    </div>
  );
}

function Event({ line }: { line: Extract<Line, { kind: 'event' }> }): ReactNode {
  return (
    <div className="tl-chat-event">
      <span>
        {line.text} · {timeOfDay(line.at)}
      </span>
    </div>
  );
}

function Composer({ contactId }: { contactId: string }): ReactNode {
  const { view, store } = useDesk();
  const text = view.chatDrafts[contactId] ?? '';
  const input = useRef<HTMLTextAreaElement>(null);
  const { takesKeys } = view.desk;
  useEffect(() => {
    // A chat that came by itself must not get what was meant for another one.
    if (takesKeys && !isEditing(document.activeElement)) input.current?.focus();
  }, [contactId, takesKeys]);
  const canSend = text.trim() !== '' && view.connection === 'open';
  const send = (): void => {
    if (canSend) void store.sendChat(contactId, text.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a character, Enter chooses it and must not send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <div className="tl-composer">
      <textarea
        ref={input}
        data-testid="chat-input"
        aria-label="Message to the customer"
        placeholder="Write a message"
        dir="auto"
        rows={2}
        maxLength={MESSAGE_LIMIT}
        value={text}
        onChange={(event) => store.typeChat(contactId, event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="tl-composer-foot">
        <span className="tl-secondary">
          <kbd className="tl-kbd">Enter</kbd> sends, <kbd className="tl-kbd">Shift</kbd> + <kbd className="tl-kbd">Enter</kbd>: new line
        </span>
        <Button variant="primary" iconName="send" disabled={!canSend} onClick={send} nativeButtonAttributes={{ 'data-testid': 'chat-send' }}>
          Send
        </Button>
      </div>
    </div>
  );
}

interface Stick {
  box: React.RefObject<HTMLDivElement | null>;
  onScroll: (event: UIEvent<HTMLDivElement>) => void;
  hasUnseen: boolean;
  toBottom: () => void;
}

/** Follows new lines only while the reader is at the end; who reads further up is told instead of being moved. */
function useStickToBottom(count: number, isTypingShown: boolean): Stick {
  const box = useRef<HTMLDivElement>(null);
  const isAtBottom = useRef(true);
  const [seen, setSeen] = useState(count);
  const toBottom = (): void => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
    setSeen(count);
  };
  useLayoutEffect(() => {
    if (isAtBottom.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [count, isTypingShown]);
  useEffect(() => {
    if (isAtBottom.current) setSeen(count);
  }, [count]);
  const onScroll = (event: UIEvent<HTMLDivElement>): void => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
    isAtBottom.current = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    if (isAtBottom.current) setSeen(count);
  };
  return { box, onScroll, hasUnseen: seen < count, toBottom };
}
