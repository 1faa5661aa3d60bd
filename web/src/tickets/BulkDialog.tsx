import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import LiveRegion from '@cloudscape-design/components/live-region';
import Modal from '@cloudscape-design/components/modal';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useState, type ReactNode } from 'react';
import type { TeamMember, Ticket } from '../api/types';
import { useServices } from '../app/services';
import { moveAll, summary, type Outcome, type Wish } from './bulk';
import { STATUSES, statusLabel } from './model';

interface Props {
  tickets: readonly Ticket[];
  team: readonly TeamMember[];
  /** With what was answered so far; nothing: nothing was sent. */
  onClose: (outcomes: readonly Outcome[]) => void;
}

/** Moves several tickets at once, and says of each what became of it. */
export function BulkDialog({ tickets, team, onClose }: Props): ReactNode {
  const { api } = useServices();
  const [wish, setWish] = useState<Wish>({ what: 'status', status: 'resolved', owner: '', due: '' });
  const [outcomes, setOutcomes] = useState<Outcome[]>([]);
  const [isBusy, setBusy] = useState(false);
  const isDone = outcomes.length === tickets.length;
  const run = (): void => {
    setBusy(true);
    void moveAll(tickets, wish, api.changeTicket, (outcome) => setOutcomes((known) => [...known, outcome])).finally(() => setBusy(false));
  };
  return (
    <Modal
      visible
      size="large"
      data-testid="ticket-bulk"
      header={tickets.length === 1 ? 'Move one ticket' : `Move ${tickets.length} tickets`}
      onDismiss={() => !isBusy && onClose(outcomes)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {!isDone && (
              <Button variant="link" disabled={isBusy} onClick={() => onClose(outcomes)}>
                Cancel
              </Button>
            )}
            <Button variant="primary" loading={isBusy} onClick={isDone ? () => onClose(outcomes) : run} nativeButtonAttributes={{ 'data-testid': 'bulk-now' }}>
              {isDone ? 'Close' : 'Move them'}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {outcomes.length === 0 && !isBusy ? <WishForm wish={wish} team={team} onChange={setWish} /> : <Outcomes outcomes={outcomes} of={tickets.length} />}
      </SpaceBetween>
    </Modal>
  );
}

function WishForm({ wish, team, onChange }: { wish: Wish; team: readonly TeamMember[]; onChange: (wish: Wish) => void }): ReactNode {
  const put = (part: Partial<Wish>): void => onChange({ ...wish, ...part });
  const isFollowUp = wish.what === 'status' && wish.status === 'follow-up';
  return (
    <>
      <FormField label="What changes" description="Each ticket is saved alone, with the version you see. What is refused stays as it is and says why.">
        <RadioGroup
          value={wish.what}
          onChange={({ detail }) => put({ what: detail.value as Wish['what'] })}
          items={[
            { value: 'status', label: 'Status' },
            { value: 'owner', label: 'Owner' },
          ]}
        />
      </FormField>
      {wish.what === 'status' && (
        <FormField label="Status">
          <Select
            data-testid="bulk-status"
            options={[...STATUSES]}
            selectedOption={{ value: wish.status, label: statusLabel(wish.status) }}
            onChange={({ detail }) => put({ status: STATUSES.find(({ value }) => value === detail.selectedOption.value)?.value ?? wish.status })}
          />
        </FormField>
      )}
      {(wish.what === 'owner' || isFollowUp) && (
        <FormField label="Owner" description={isFollowUp ? 'A follow-up needs one. Empty: each keeps its own.' : 'Empty: nobody.'}>
          <Autosuggest
            data-testid="bulk-owner"
            value={wish.owner}
            placeholder="User name"
            options={team.map(({ username, name }) => ({ value: username, description: name }))}
            enteredTextLabel={(text) => `Use “${text}”`}
            onChange={({ detail }) => put({ owner: detail.value })}
          />
        </FormField>
      )}
      {isFollowUp && (
        <FormField label="Due" description="A follow-up needs a time. Empty: each keeps its own.">
          <input className="tl-input" type="datetime-local" aria-label="Due" data-testid="bulk-due" value={wish.due} onChange={(event) => put({ due: event.target.value })} />
        </FormField>
      )}
    </>
  );
}

const LOOKS: Record<Outcome['kind'], StatusIndicatorProps.Type> = { moved: 'success', already: 'info', newer: 'warning', refused: 'error', unanswered: 'error' };

function Outcomes({ outcomes, of }: { outcomes: readonly Outcome[]; of: number }): ReactNode {
  return (
    <>
      {outcomes.length < of && <ProgressBar value={(outcomes.length / of) * 100} label="Saving one after the other" description={`${outcomes.length} of ${of}`} />}
      {outcomes.length === of && <LiveRegion>{summary(outcomes)}</LiveRegion>}
      <ul className="tl-rows" data-testid="bulk-outcomes">
        {outcomes.map(({ ticketId, subject, kind, text }) => (
          <li key={ticketId}>
            <div className="tl-row-main">
              <span dir="auto">{subject || 'No subject'}</span>
              <span className="tl-secondary">{ticketId}</span>
            </div>
            <StatusIndicator type={LOOKS[kind]}>{text}</StatusIndicator>
          </li>
        ))}
      </ul>
    </>
  );
}
