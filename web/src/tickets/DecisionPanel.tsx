import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type ReactNode } from 'react';
import type { Asked, Promises, Ticket } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { orShowCurrent } from './model';
import { actionsOf, amountProblem, canAsk, wishText } from './promises';

interface Props {
  ticket: Ticket;
  onSaved: (ticket: Ticket) => void;
}

/** What needs somebody's decision: asked for by whoever may not, decided by whoever may. */
export function DecisionPanel({ ticket, onSaved }: Props): ReactNode {
  const { api } = useServices();
  const { data: promises } = useLoaded(api.promises);
  const { asked } = ticket;
  if (!asked && !promises?.authorities.length) return null;
  return (
    <Container
      data-testid="ticket-decision"
      header={
        <Header variant="h2" actions={promises && canAsk(ticket) ? <AskButton ticket={ticket} promises={promises} onSaved={onSaved} /> : undefined}>
          Decision
        </Header>
      }
    >
      <SpaceBetween size="s">
        {asked ? <Wish asked={asked} /> : <Box color="text-body-secondary">Nothing was asked for.</Box>}
        {asked?.isGranted === null && <Decide ticket={ticket} asked={asked} onSaved={onSaved} />}
      </SpaceBetween>
    </Container>
  );
}

function AskButton({ ticket, promises, onSaved }: Props & { promises: Promises }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const done = (saved: Ticket): void => {
    setOpen(false);
    onSaved(saved);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)} nativeButtonAttributes={{ 'data-testid': 'ticket-ask' }}>
        Ask for a decision
      </Button>
      {isOpen && <AskDialog ticket={ticket} promises={promises} onSaved={done} onCurrent={onSaved} onClose={() => setOpen(false)} />}
    </>
  );
}

/** For those whose role is asked; everybody else sees who is waited for. */
function Decide({ ticket, asked, onSaved }: Props & { asked: Asked }): ReactNode {
  const { api, me } = useServices();
  const [choice, setChoice] = useState<'Grant' | 'Refuse' | null>(null);
  if (!me.groups.includes(asked.role)) return null;
  const decide = async (reason: string): Promise<void> => {
    const saved = await api.decide(ticket.ticketId, { version: ticket.version, granted: choice === 'Grant', reason }).catch(orShowCurrent(onSaved));
    setChoice(null);
    onSaved(saved);
  };
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" onClick={() => setChoice('Grant')} nativeButtonAttributes={{ 'data-testid': 'ticket-grant' }}>
          Grant
        </Button>
        <Button onClick={() => setChoice('Refuse')} nativeButtonAttributes={{ 'data-testid': 'ticket-refuse' }}>
          Refuse
        </Button>
      </SpaceBetween>
      {choice && <DecideDialog title={`${choice}: ${wishText(asked)}`} confirm={choice} decide={decide} onClose={() => setChoice(null)} />}
    </>
  );
}

function Wish({ asked }: { asked: Asked }): ReactNode {
  const look = asked.isGranted === null ? 'pending' : asked.isGranted ? 'success' : 'error';
  const state = asked.isGranted === null ? `waits for the role ${asked.role}` : `${asked.isGranted ? 'granted' : 'refused'} by ${asked.decidedBy}, ${moment(asked.decidedAt)}`;
  return (
    <>
      <StatusIndicator type={look}>
        {wishText(asked)}: {state}
      </StatusIndicator>
      <div dir="auto">{asked.reason}</div>
      <Box color="text-body-secondary" fontSize="body-s">
        {asked.by} · {moment(asked.at)}
      </Box>
    </>
  );
}

interface AskProps extends Props {
  promises: Promises;
  onCurrent: (ticket: Ticket) => void;
  onClose: () => void;
}

function AskDialog({ ticket, promises, onSaved, onCurrent, onClose }: AskProps): ReactNode {
  const { api } = useServices();
  const actions = actionsOf(promises);
  const [chosen, setChosen] = useState(actions[0]);
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const wrong = amountProblem(amount);
  const ask = async (): Promise<void> => {
    const [action = '', currency = ''] = (chosen?.value ?? '').split(' ');
    const wish = { version: ticket.version, action, amount, currency, reason: reason.trim() };
    onSaved(await api.escalate(ticket.ticketId, wish).catch(orShowCurrent(onCurrent)));
  };
  return (
    <ConfirmDialog title="Ask for a decision" confirm="Ask" isReady={wrong === null && reason.trim() !== ''} run={ask} onClose={onClose}>
      <FormField label="What" description="What your own role may decide is granted at once.">
        <Select ariaLabel="What" options={actions} selectedOption={chosen ?? null} onChange={({ detail }) => setChosen(actions.find(({ value }) => value === detail.selectedOption.value))} />
      </FormField>
      <FormField label="Amount" errorText={amount ? wrong : null}>
        <Input ariaLabel="Amount" inputMode="decimal" value={amount} onChange={({ detail }) => setAmount(detail.value)} />
      </FormField>
      <FormField label="Why">
        <Textarea ariaLabel="Why" value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}

function DecideDialog({ title, confirm, decide, onClose }: { title: string; confirm: string; decide: (reason: string) => Promise<void>; onClose: () => void }): ReactNode {
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog title={title} confirm={confirm} isReady={reason.trim() !== ''} run={() => decide(reason.trim())} onClose={onClose}>
      <FormField label="Why">
        <Textarea ariaLabel="Why" value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}
