import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { DeskContact } from '../api/types';
import { Empty, Loading } from '../app/States';
import { CallPanel } from './CallPanel';
import { ChatPanel } from './ChatPanel';
import { ColleaguePanel } from './ColleaguePanel';
import { useDesk } from './DeskProvider';
import { GuidePanel } from './GuidePanel';
import { Inbox } from './Inbox';
import { caller, CHANNELS, contactOf } from './model';
import { PopPanel } from './PopPanel';
import { TaskPanel } from './TaskPanel';
import { TransferButton } from './TransferButton';
import { Whisper } from './Whisper';
import { WrapUpPanel } from './WrapUpPanel';

export function DeskPage(): ReactNode {
  const { view, takeOver } = useDesk();
  const { desk, hasStarted } = view;
  if (desk.isSignedInElsewhere) return <Elsewhere onTakeOver={takeOver} />;
  if (!hasStarted) return <Loading>{view.connection === 'waiting' ? 'The center cannot be reached; trying again' : 'Opening your desk'}</Loading>;
  const contact = contactOf(desk.agent, desk.selected);
  return (
    <div className="tl-desk" data-has-contact={contact !== null}>
      <Inbox />
      <div className="tl-desk-main">{contact ? <ContactPanel key={contact.contactId} contact={contact} /> : <Idle />}</div>
      {contact && !contact.isCaller && (
        <aside className="tl-desk-pop" aria-label="Customer">
          <Container>
            <PopPanel key={contact.contactId} contact={contact} />
          </Container>
        </aside>
      )}
    </div>
  );
}

function ContactPanel({ contact }: { contact: DeskContact }): ReactNode {
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" description={contact.queueName} actions={<EndChat contact={contact} />}>
          <span dir="auto">{titleOf(contact)}</span>
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Whisper contact={contact} />
        <GuidePanel contact={contact} />
        <Body contact={contact} />
      </SpaceBetween>
    </Container>
  );
}

function titleOf(contact: DeskContact): string {
  if (contact.state === 'ENDED') return `After contact work: ${caller(contact)}`;
  const { name } = CHANNELS[contact.channel];
  return contact.channel === 'CHAT' ? caller(contact) : name.charAt(0).toUpperCase() + name.slice(1);
}

const TALKS: Record<DeskContact['channel'], (props: { contact: DeskContact }) => ReactNode> = {
  VOICE: CallPanel,
  CHAT: ChatPanel,
  TASK: TaskPanel,
  EMAIL: TaskPanel, // nothing but what it is about
};

function Body({ contact }: { contact: DeskContact }): ReactNode {
  switch (contact.state) {
    case 'CONNECTED': {
      if (contact.isCaller) return <ColleaguePanel contact={contact} />;
      const Talk = TALKS[contact.channel];
      return <Talk contact={contact} />;
    }
    case 'ENDED':
      return <WrapUpPanel contact={contact} />;
    case 'CONNECTING':
      return (
        <Empty title={`Incoming ${CHANNELS[contact.channel].name}`}>Accept or reject it above. What is known about the customer is on the right.</Empty>
      );
    case 'MISSED':
      return <Missed contact={contact} />;
  }
}

function Missed({ contact }: { contact: DeskContact }): ReactNode {
  const { store, view } = useDesk();
  const clear = (
    <Button
      variant="primary"
      loading={view.busy.has(`clear:${contact.contactId}`)}
      disabled={view.connection !== 'open'}
      onClick={() => void store.clear(contact.contactId)}
      nativeButtonAttributes={{ 'data-testid': 'missed-clear' }}
    >
      Clear and receive contacts again
    </Button>
  );
  return (
    <Empty title="Missed" action={clear}>
      The offer was not answered in time. The contact went back to its queue and kept its place. Nothing else is offered to you until you clear it.
    </Empty>
  );
}

function EndChat({ contact }: { contact: DeskContact }): ReactNode {
  const { store, view } = useDesk();
  if (contact.channel !== 'CHAT' || contact.state !== 'CONNECTED') return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <TransferButton contact={contact} />
      <Button
        loading={view.busy.has(`hangup:${contact.contactId}`)}
        disabled={view.connection !== 'open'}
        onClick={() => void store.hangUp(contact.contactId)}
        nativeButtonAttributes={{ 'data-testid': 'chat-end' }}
      >
        End chat
      </Button>
    </SpaceBetween>
  );
}

function Idle(): ReactNode {
  const { view, store } = useDesk();
  const { agent } = view.desk;
  const isAvailable = agent?.status.type === 'ROUTABLE';
  const available = store.setup.statuses.find(({ type }) => type === 'ROUTABLE');
  return (
    <div className="tl-idle">
      <svg viewBox="0 0 120 72" aria-hidden="true">
        <path d="M10 20h100M60 20v40M36 42v18M84 42v18M36 42h48" />
        <circle cx="10" cy="20" r="6" />
        <circle cx="110" cy="20" r="6" />
      </svg>
      <h2>{isAvailable ? 'Ready for the next contact' : `You are ${agent?.status.name.toLowerCase() ?? 'offline'}`}</h2>
      <p className="tl-secondary">
        {isAvailable
          ? `You serve ${queues(store.setup.routingProfile.queues.map(({ name }) => name))}. An offer rings here and on every other page; you have 20 seconds to answer.`
          : 'No contact is offered to you in this status.'}
      </p>
      {!isAvailable && available && (
        <Button variant="primary" loading={view.busy.has('status')} disabled={view.connection !== 'open'} onClick={() => void store.setStatus(available.name)}>
          Become available
        </Button>
      )}
    </div>
  );
}

function queues(names: string[]): string {
  return new Intl.ListFormat('en').format(names) || 'no queue yet';
}

function Elsewhere({ onTakeOver }: { onTakeOver: () => void }): ReactNode {
  return (
    <Alert type="warning" header="You signed in somewhere else" action={<Button onClick={onTakeOver}>Use this desk instead</Button>}>
      An agent works on one desk at a time, so this one was closed. Your contacts are on the other one.
    </Alert>
  );
}
