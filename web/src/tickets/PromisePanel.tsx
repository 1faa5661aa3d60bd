import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { Sla, Ticket, TicketChange } from '../api/types';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { orShowCurrent } from './model';
import { canAnswer, isDone, isWaiting, kindsOf, LIMIT_LABELS, standingOf } from './promises';

/** What the customer was promised, and what stops or keeps it. */
export function PromisePanel({ ticket, onSaved }: { ticket: Ticket; onSaved: (ticket: Ticket) => void }): ReactNode {
  const { api } = useServices();
  const { data: promises } = useLoaded(api.promises);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const save = (change: Omit<TicketChange, 'version'>): void => {
    setBusy(true);
    setProblem(null);
    api
      .changeTicket(ticket.ticketId, { version: ticket.version, ...change })
      .catch(orShowCurrent(onSaved))
      .then(onSaved, (error: unknown) => setProblem(sentence(error)))
      .finally(() => setBusy(false));
  };
  const kinds = kindsOf(promises, ticket.kind);
  if (kinds.length === 1) return null;
  const { sla } = ticket;
  const isOver = isDone(ticket);
  return (
    <Container header={<Header variant="h2">Promised</Header>} data-testid="ticket-promises">
      <SpaceBetween size="m">
        {problem && <Alert type="error">{problem}</Alert>}
        <FormField label="Kind">
          <Select
            ariaLabel="Kind"
            disabled={isBusy || isOver}
            options={kinds}
            selectedOption={kinds.find(({ value }) => value === ticket.kind) ?? null}
            onChange={({ detail }) => save({ kind: detail.selectedOption.value ?? '' })}
          />
        </FormField>
        {sla && <Clocks sla={sla} />}
        {sla && !isOver && <Steps sla={sla} isBusy={isBusy} save={save} />}
      </SpaceBetween>
    </Container>
  );
}

function Steps({ sla, isBusy, save }: { sla: Sla; isBusy: boolean; save: (change: Omit<TicketChange, 'version'>) => void }): ReactNode {
  const waits = isWaiting(sla);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button loading={isBusy} onClick={() => save({ waitingForCustomer: !waits })} nativeButtonAttributes={{ 'data-testid': 'ticket-waiting' }}>
        {waits ? 'The customer replied' : 'Wait for the customer'}
      </Button>
      {canAnswer(sla) && (
        <Button loading={isBusy} onClick={() => save({ responded: true })} nativeButtonAttributes={{ 'data-testid': 'ticket-responded' }}>
          The customer was answered
        </Button>
      )}
    </SpaceBetween>
  );
}

function Clocks({ sla }: { sla: Sla }): ReactNode {
  const [now] = useState(() => Date.now());
  return (
    <KeyValuePairs
      columns={1}
      items={sla.clocks.map((clock) => {
        const { look, text } = standingOf(clock, sla, now);
        return { label: LIMIT_LABELS[clock.limit], value: <StatusIndicator type={look}>{text}</StatusIndicator> };
      })}
    />
  );
}
