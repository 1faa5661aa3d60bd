import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCallback, useState, type ReactNode } from 'react';
import type { Erasure } from '../api/customers';
import { moment } from '../app/format';
import { useWatched } from '../app/hooks';
import { useServices } from '../app/services';
import { Failed, Loading } from '../app/States';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { isGoingOn, progressOf } from './model';

const AGAIN_MS = 3_000;

/** Has a customer forgotten, and shows how far that is and what legal hold keeps. */
export function ErasurePanel({ customerId, onErased }: { customerId: string; onErased?: () => void }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.customers.erasure(customerId), [api, customerId]);
  const [isAsked, setAsked] = useState(false);
  const pace = useCallback((state: Erasure | null) => (state && isGoingOn(state, isAsked) ? AGAIN_MS : null), [isAsked]);
  const { data, error, reload } = useWatched(load, pace);
  const [isAsking, setAsking] = useState(false);
  if (!data) return error ? <Failed title="What is kept could not be loaded" reason={error} onRetry={reload} /> : <Loading>Looking what is kept</Loading>;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button onClick={() => setAsking(true)} nativeButtonAttributes={{ 'data-testid': 'erase' }}>
              {data.erasedAt ? 'Erase what is left' : 'Erase this customer'}
            </Button>
          }
        >
          Erasure
        </Header>
      }
    >
      <SpaceBetween size="m">
        {error && <Alert type="error">{error}</Alert>}
        <Progress erasure={data} isAsked={isAsked} />
        <Held erasure={data} />
      </SpaceBetween>
      {isAsking && (
        <EraseDialog
          erasure={data}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            setAsked(true);
            reload();
            onErased?.();
          }}
        />
      )}
    </Container>
  );
}

function Progress({ erasure, isAsked }: { erasure: Erasure; isAsked: boolean }): ReactNode {
  const { erasedAt, erasedBy, doneAt } = erasure;
  const { look, text } = isAsked && !erasedAt ? BEGINS : progressOf(erasure);
  return (
    <>
      <div data-testid="erasure-state" aria-live="polite">
        <StatusIndicator type={look}>{text}</StatusIndicator>
      </div>
      {erasedAt && <Box color="text-body-secondary">{`Since ${moment(erasedAt)}, by ${erasedBy ?? 'somebody'}${doneAt ? `; done ${moment(doneAt)}` : ''}`}</Box>}
    </>
  );
}

const BEGINS = { look: 'in-progress', text: 'Asked for; it begins in a moment.' } as const;

/** What stays whole, and who said so. */
function Held({ erasure: { heldContacts, heldTickets } }: { erasure: Erasure }): ReactNode {
  if (heldContacts.length + heldTickets.length === 0) return <Box color="text-body-secondary">Nothing is under legal hold.</Box>;
  return (
    <div data-testid="erasure-held">
      <Box variant="awsui-key-label">Under legal hold: it stays</Box>
      <ul className="tl-rows">
        {heldContacts.map(({ contactId, hold }) => (
          <li key={contactId}>
            <div>Contact {contactId}</div>
            <div className="tl-secondary" dir="auto">{`${hold.reason} · ${hold.by} · ${moment(hold.at)}`}</div>
          </li>
        ))}
        {heldTickets.map((ticketId) => (
          <li key={ticketId}>
            <div>Ticket {ticketId}</div>
            <div className="tl-secondary">It is about a contact under legal hold.</div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function EraseDialog({ erasure: { customerId, contactsLeft, ticketsLeft, heldContacts, heldTickets }, onClose, onDone }: { erasure: Erasure; onClose: () => void; onDone: () => void }): ReactNode {
  const { api } = useServices();
  const [isSure, setSure] = useState(false);
  const run = async (): Promise<void> => {
    await api.customers.erase(customerId);
    onDone();
  };
  return (
    <ConfirmDialog title="Forget this customer?" confirm="Erase" isReady={isSure} run={run} onClose={onClose}>
      <p className="tl-flush">
        Name, numbers, addresses and fields go at once; then recordings, transcripts, notes and subjects of {contactsLeft.toLocaleString('en')} contacts and {ticketsLeft.toLocaleString('en')} tickets. Times,
        lengths and amounts stay, since they are counted.
        {heldContacts.length + heldTickets.length > 0 && ` ${heldContacts.length} contacts and ${heldTickets.length} tickets are under legal hold and stay whole.`}
      </p>
      <Checkbox checked={isSure} onChange={({ detail }) => setSure(detail.checked)} data-testid="erase-sure">
        I know that nobody can undo this.
      </Checkbox>
    </ConfirmDialog>
  );
}
