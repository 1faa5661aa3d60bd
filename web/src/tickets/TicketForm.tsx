import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactNode } from 'react';
import type { Ticket, TicketChange } from '../api/types';
import { useServices } from '../app/services';
import { NOTE_LIMIT } from '../desk/wrapUp';
import { AskCustomer } from './AskCustomer';
import { changeOfDraft, drafted, isClosing, problemsOf, reachable, STATUSES, statusLabel, type Draft, type TicketEdit } from './model';

interface Props {
  ticket: Ticket;
  draft: Draft;
  onEdit: (part: Partial<TicketEdit>) => void;
  onUndo: () => void;
  isBusy: boolean;
  problem: string | null;
  onSave: (change: TicketChange) => void;
}

/** What is put in stays while the ticket beside it changes; while it is saved nothing is put in. */
export function TicketForm({ ticket, draft, onEdit: put, onUndo, isBusy, problem, onSave }: Props): ReactNode {
  const { me } = useServices();
  const edit = drafted(ticket, draft);
  const found = problemsOf(edit);
  const change = changeOfDraft(ticket, draft);
  const options = reachable(ticket, Date.now()).map((value) => ({ value, label: statusLabel(value) }));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (change && Object.keys(found).length === 0) onSave(change);
      }}
    >
      <Container header={<Header variant="h2">Details</Header>}>
        <SpaceBetween size="m">
          {problem && <Alert type="error">{problem}</Alert>}
          <FormField stretch label="Subject" errorText={found.subject}>
            <Input value={edit.subject} readOnly={isBusy} onChange={({ detail }) => put({ subject: detail.value })} nativeInputAttributes={{ 'data-testid': 'ticket-subject', dir: 'auto' }} />
          </FormField>
          <ColumnLayout columns={3}>
            <FormField label="Status">
              <Select
                data-testid="ticket-status"
                disabled={isBusy}
                options={options}
                selectedOption={options.find(({ value }) => value === edit.status) ?? null}
                onChange={({ detail }) => {
                  const chosen = STATUSES.find(({ value }) => value === detail.selectedOption.value);
                  if (chosen) put({ status: chosen.value });
                }}
              />
            </FormField>
            <FormField
              label="Owner"
              errorText={found.owner}
              info={
                edit.owner !== me.username && (
                  <Link variant="info" onFollow={() => put({ owner: me.username })}>
                    Take it
                  </Link>
                )
              }
            >
              <Input value={edit.owner} readOnly={isBusy} placeholder="User name" onChange={({ detail }) => put({ owner: detail.value })} nativeInputAttributes={{ 'data-testid': 'ticket-owner' }} />
            </FormField>
            <FormField label="Due" errorText={found.due}>
              <input
                className="tl-input"
                type="datetime-local"
                aria-label="Due"
                data-testid="ticket-due"
                readOnly={isBusy}
                value={edit.due}
                onChange={(event) => put({ due: event.target.value })}
              />
            </FormField>
          </ColumnLayout>
          {isClosing(ticket, edit) && <AskCustomer value={edit.askBy} onChoose={(askBy) => put({ askBy })} />}
          <FormField stretch label="Add a note">
            <Textarea
              value={edit.note}
              readOnly={isBusy}
              rows={3}
              onChange={({ detail }) => put({ note: detail.value })}
              nativeTextareaAttributes={{ 'data-testid': 'ticket-note', dir: 'auto', maxLength: NOTE_LIMIT }}
            />
          </FormField>
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" formAction="submit" loading={isBusy} disabled={!change || Object.keys(found).length > 0} nativeButtonAttributes={{ 'data-testid': 'ticket-save' }}>
              Save
            </Button>
            <Button formAction="none" variant="link" disabled={!change || isBusy} onClick={onUndo}>
              Undo changes
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      </Container>
    </form>
  );
}
