import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState, type ReactNode } from 'react';
import { ApiError, sentence } from '../api/errors';
import type { Ticket, TicketChange } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { ConflictDialog } from './ConflictDialog';
import { DecisionPanel } from './DecisionPanel';
import { conflictOf, type Conflict, type Draft } from './model';
import { PromisePanel } from './PromisePanel';
import { TicketForm } from './TicketForm';
import { TicketStatusBadge } from './TicketStatusBadge';

export function TicketPage({ ticketId }: { ticketId: string }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.ticket(ticketId), [api, ticketId]);
  const { data: ticket, error, isLoading, reload, set } = useLoaded(load);
  if (!ticket && isLoading) return <Loading>Loading the ticket</Loading>;
  if (!ticket) return <Failed title={`Ticket ${ticketId} could not be loaded`} reason={error ?? ''} onRetry={reload} />;
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={`Ticket ${ticket.ticketId} · version ${ticket.version}`}>
          <span dir="auto">{ticket.subject || 'No subject'}</span> <TicketStatusBadge status={ticket.status} />
        </Header>
      }
    >
      <div className="tl-two-columns">
        <SpaceBetween size="l">
          <Editor ticket={ticket} onSaved={set} />
          <Notes ticket={ticket} />
        </SpaceBetween>
        <SpaceBetween size="l">
          <PromisePanel ticket={ticket} onSaved={set} />
          <DecisionPanel ticket={ticket} onSaved={set} />
          <Facts ticket={ticket} />
          <Changes ticket={ticket} />
        </SpaceBetween>
      </div>
    </ContentLayout>
  );
}

/** Saves with the version it started from; a save that came second asks whose values to keep. */
function Editor({ ticket, onSaved }: { ticket: Ticket; onSaved: (ticket: Ticket) => void }): ReactNode {
  const { api } = useServices();
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const begin = (current: Ticket): void => {
    onSaved(current);
    setDraft(null);
    setConflict(null);
  };
  const save = async (change: TicketChange): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      begin(await api.changeTicket(ticket.ticketId, change));
    } catch (error) {
      if (error instanceof ApiError && error.isConflict) {
        const current = (error.current as Ticket | null) ?? (await api.ticket(ticket.ticketId));
        setConflict(conflictOf(change, current, error.difference));
      } else setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <TicketForm
        ticket={ticket}
        draft={draft ?? { put: {}, since: ticket }}
        onEdit={(part) => setDraft((known) => ({ put: { ...known?.put, ...part }, since: known?.since ?? ticket }))}
        onUndo={() => setDraft(null)}
        isBusy={isBusy}
        problem={problem}
        onSave={(change) => void save(change)}
      />
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          isBusy={isBusy}
          onSave={(change) => void save(change)}
          onDiscard={() => begin(conflict.current)}
          onCancel={() => setConflict(null)}
        />
      )}
    </>
  );
}

function Notes({ ticket }: { ticket: Ticket }): ReactNode {
  return (
    <Container header={<Header variant="h2" counter={`(${ticket.notes.length})`}>Notes</Header>}>
      {ticket.notes.length === 0 && <Empty title="No notes yet" />}
      <ul className="tl-rows">
        {ticket.notes.map((note) => (
          <li key={`${note.at} ${note.by} ${note.text.slice(0, 20)}`}>
            <div className="tl-secondary">
              {note.by} · {moment(note.at)}
            </div>
            <div className="tl-note" dir="auto">
              {note.text}
            </div>
          </li>
        ))}
      </ul>
    </Container>
  );
}

function Facts({ ticket }: { ticket: Ticket }): ReactNode {
  const contacts = ticket.contactIds.map((contactId) => (
    <div key={contactId}>
      <Link href={HREF.contact(contactId)}>{contactId}</Link>
    </div>
  ));
  return (
    <Container header={<Header variant="h2">About</Header>}>
      <KeyValuePairs
        columns={1}
        items={[
          { label: 'Customer', value: ticket.customerId ? <Link href={HREF.customer(ticket.customerId)}>{ticket.customerId}</Link> : '–' },
          { label: 'Contacts', value: contacts.length ? contacts : '–' },
          ...(ticket.follows ? [{ label: 'Follows', value: <Link href={HREF.ticket(ticket.follows)}>{ticket.follows}</Link> }] : []),
          ...ticket.links.map((link) => ({
            label: link.kind === 'duplicates' ? 'Duplicates' : 'Relates to',
            value: <Link href={HREF.ticket(link.ticketId)}>{link.ticketId}</Link>,
          })),
          { label: 'Created', value: moment(ticket.createdAt) },
          { label: 'Updated', value: moment(ticket.updatedAt) },
        ]}
      />
    </Container>
  );
}

function Changes({ ticket }: { ticket: Ticket }): ReactNode {
  return (
    <Container header={<Header variant="h2">History</Header>}>
      {ticket.history.length === 0 && <Empty title="Nothing has changed yet" />}
      <ul className="tl-rows">
        {ticket.history.toReversed().map((entry) => (
          <li key={`${entry.at} ${entry.change}`}>
            <span dir="auto">{entry.change}</span>
            <Box color="text-body-secondary" fontSize="body-s">
              {entry.by} · {moment(entry.at)}
            </Box>
          </li>
        ))}
      </ul>
    </Container>
  );
}
