import Icon from '@cloudscape-design/components/icon';
import type { ReactNode } from 'react';
import type { DeskContact } from '../api/types';
import { clock, secondsSince } from '../app/format';
import { useTick } from '../app/hooks';
import { Empty } from '../app/States';
import { isTyping, lines, type Chat } from './chat';
import { useDesk } from './DeskProvider';
import { caller, CHANNELS, inbox, isWhispering } from './model';

const STATE_WORDS: Record<DeskContact['state'], string> = {
  CONNECTING: 'Incoming',
  CONNECTED: 'Connected',
  ENDED: 'After contact work',
  MISSED: 'Missed',
};

/** The contacts that are on this desk now. */
export function Inbox(): ReactNode {
  const { view, store } = useDesk();
  useTick(1000);
  const contacts = inbox(view.desk.agent);
  return (
    <nav className="tl-inbox" aria-label="Contacts">
      <h2 className="tl-column-title">
        Contacts <span className="tl-count">{contacts.length}</span>
      </h2>
      {contacts.length === 0 && (
        <Empty title="No contacts">{view.desk.agent?.status.type === 'ROUTABLE' ? 'You are available. The next one rings here.' : null}</Empty>
      )}
      <ul>
        {contacts.map((contact) => (
          <li key={contact.contactId}>
            <Entry
              contact={contact}
              chat={view.chats[contact.contactId]}
              unread={view.unread[contact.contactId] ?? 0}
              isSelected={view.desk.selected === contact.contactId}
              now={store.serverNow()}
              onSelect={() => store.select(contact.contactId)}
            />
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface EntryProps {
  contact: DeskContact;
  chat: Chat | undefined;
  unread: number;
  isSelected: boolean;
  now: number;
  onSelect: () => void;
}

function Entry({ contact, chat, unread, isSelected, now, onSelect }: EntryProps): ReactNode {
  return (
    <button
      type="button"
      className="tl-inbox-entry"
      data-testid={`contact-${contact.contactId}`}
      data-state={contact.state}
      aria-current={isSelected ? 'true' : undefined}
      onClick={onSelect}
    >
      <span className={`tl-channel tl-channel-${contact.state.toLowerCase()}`}>
        <Icon name={CHANNELS[contact.channel].icon} />
      </span>
      <span className="tl-inbox-words">
        <span className="tl-inbox-name" dir="auto">
          {caller(contact)}
        </span>
        <span className="tl-inbox-line">{preview(contact, chat, now)}</span>
      </span>
      {unread > 0 && (
        <span className="tl-unread" aria-label={`${unread} unread`}>
          {unread}
        </span>
      )}
      <span className="tl-timer">{clock(secondsSince(contact.since, now))}</span>
    </button>
  );
}

function preview(contact: DeskContact, chat: Chat | undefined, now: number): string {
  if (contact.state === 'CONNECTED' && contact.held !== null) return `On hold · ${contact.queueName}`;
  if (contact.channel === 'VOICE' && isWhispering(contact)) return `Whisper · ${contact.queueName}`;
  if (contact.state !== 'CONNECTED' || !chat) return `${STATE_WORDS[contact.state]} · ${contact.queueName}`;
  if (isTyping(chat, now)) return 'is typing…';
  const last = lines(chat).findLast((line) => line.kind === 'message');
  return last?.text ?? contact.queueName;
}
