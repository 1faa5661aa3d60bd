import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import type { TicketChange } from '../api/types';
import { moment } from '../app/format';
import { FIELD_LABELS, resolve, statusLabel, type Conflict, type ConflictField } from './model';

interface Props {
  conflict: Conflict;
  isBusy: boolean;
  onSave: (change: TicketChange) => void;
  onDiscard: () => void;
  onCancel: () => void;
}

/** Somebody saved first: both values of each field side by side, and the user says which one stays. */
export function ConflictDialog({ conflict, isBusy, onSave, onDiscard, onCancel }: Props): ReactNode {
  const [mine, setMine] = useState<ReadonlySet<string>>(() => new Set(conflict.fields.map(({ field }) => field)));
  const change = resolve(conflict, mine);
  const choose = (field: string, isMine: boolean): void =>
    setMine((known) => new Set([...known].filter((other) => other !== field).concat(isMine ? field : [])));
  return (
    <Modal
      visible
      size="large"
      data-testid="ticket-conflict"
      header="Somebody saved this ticket first"
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onCancel}>
              Back to editing
            </Button>
            <Button onClick={onDiscard}>Discard mine</Button>
            <Button
              variant="primary"
              loading={isBusy}
              disabled={!change}
              onClick={() => change && onSave(change)}
              nativeButtonAttributes={{ 'data-testid': 'conflict-save' }}
            >
              Save what is chosen
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <p className="tl-flush">
          You started from version {conflict.change.version}; version {conflict.current.version} was saved {moment(conflict.current.updatedAt)}. Choose for each field which
          value stays.
        </p>
        {conflict.fields.length > 0 ? (
          <table className="tl-conflict">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Yours</th>
                <th scope="col">Theirs</th>
              </tr>
            </thead>
            <tbody>
              {conflict.fields.map((row) => (
                <Row key={row.field} row={row} isMine={mine.has(row.field)} onChoose={(isMine) => choose(row.field, isMine)} />
              ))}
            </tbody>
          </table>
        ) : (
          <Alert type="info">What you changed does not clash with what they changed. Save to keep both.</Alert>
        )}
        {conflict.change.note && <Alert type="info">Your note is added in any case; notes never replace each other.</Alert>}
      </SpaceBetween>
    </Modal>
  );
}

function Row({ row, isMine, onChoose }: { row: ConflictField; isMine: boolean; onChoose: (isMine: boolean) => void }): ReactNode {
  const label = FIELD_LABELS[row.field] ?? row.field;
  return (
    <tr>
      <th scope="row">{label}</th>
      {[true, false].map((side) => (
        <td key={String(side)} data-chosen={side === isMine}>
          <label>
            <input type="radio" name={`conflict-${row.field}`} checked={side === isMine} onChange={() => onChoose(side)} />{' '}
            <span dir="auto">{valueText(row.field, side ? row.yours : row.theirs)}</span>
          </label>
        </td>
      ))}
    </tr>
  );
}

function valueText(field: string, value: string): string {
  if (field === 'status') return statusLabel(value);
  return field === 'dueAt' && value !== 'none' ? moment(value) : value;
}
