import { useCollection } from '@cloudscape-design/collection-hooks';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState, type ReactNode } from 'react';
import type { Callback } from '../api/live';
import { moment } from '../app/format';
import { useWatched } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { ConfirmDialog } from './ConfirmDialog';
import { AGAIN_MS, callbackLook, canCancel, outcomeText } from './model';
import { Notices, type Note } from './Notices';

/** Whom the center has promised to call, and an end to a promise. */
export function CallbacksPage(): ReactNode {
  const { api } = useServices();
  const { data, error, reload } = useWatched(api.live.callbacks, AGAIN_MS);
  const [asked, setAsked] = useState<Callback | null>(null);
  const [note, setNote] = useState<Note | null>(null);
  const { items, collectionProps } = useCollection(data ?? [], { sorting: {} });
  if (!data) return error ? <Failed title="Callbacks could not be loaded" reason={error} onRetry={reload} /> : <Loading>Loading callbacks</Loading>;
  return (
    <SpaceBetween size="l">
      <Notices note={note} onDismissNote={() => setNote(null)} />
      <Table
        {...collectionProps}
        variant="container"
        items={items}
        columnDefinitions={[...COLUMNS, cancelColumn(setAsked)]}
        trackBy="contactId"
        wrapLines
        ariaLabels={{ tableLabel: 'Callbacks' }}
        header={
          <Header
            variant="h1"
            counter={`(${data.length})`}
            description={error ? <span className="tl-error" role="alert">{`This list is old. ${error}`}</span> : 'Promises to call back that stand, one per number. Whoever asked while waiting keeps the place in line.'}
            actions={<Button iconName="refresh" ariaLabel="Look again" onClick={reload} />}
          >
            Callbacks
          </Header>
        }
        empty={<Empty title="Nobody is to be called back">Customers who ask for it while they wait are listed here.</Empty>}
      />
      {asked && (
        <CancelDialog
          callback={asked}
          onClose={() => setAsked(null)}
          onDone={(text) => {
            setAsked(null);
            setNote({ type: 'success', text });
            reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}

const COLUMNS: TableProps.ColumnDefinition<Callback>[] = [
  { id: 'number', header: 'Number', cell: ({ contactId, number }) => <span data-testid="callback" data-contact={contactId}>{number}</span>, isRowHeader: true, sortingField: 'number', minWidth: 125 },
  { id: 'who', header: 'Customer', cell: ({ customerName }) => <span dir="auto">{customerName ?? '–'}</span>, sortingField: 'customerName', minWidth: 105 },
  { id: 'queue', header: 'Queue', cell: ({ queueName }) => queueName, sortingField: 'queueName', minWidth: 90 },
  { id: 'state', header: 'State', cell: (callback) => <State callback={callback} />, sortingField: 'state', minWidth: 140 },
  { id: 'place', header: 'Place', cell: ({ place }) => place ?? '–', sortingField: 'place', width: 80 },
  { id: 'since', header: 'Place counts since', cell: ({ since }) => moment(since), sortingField: 'since', minWidth: 118 },
  { id: 'asked', header: 'Asked', cell: ({ askedAt }) => moment(askedAt), sortingField: 'askedAt', minWidth: 118 },
  { id: 'left', header: 'Tries left', cell: ({ attemptsLeft }) => attemptsLeft, sortingField: 'attemptsLeft', width: 85 },
  { id: 'last', header: 'Last try', cell: ({ lastOutcome }) => outcomeText(lastOutcome), minWidth: 95 },
];

function cancelColumn(onCancel: (callback: Callback) => void): TableProps.ColumnDefinition<Callback> {
  return {
    id: 'cancel',
    header: 'Cancel',
    cell: (callback) => (
      <Button
        wrapText={false}
        disabled={!canCancel(callback)}
        disabledReason="The customer is being called already."
        onClick={() => onCancel(callback)}
        ariaLabel={`Cancel the callback to ${callback.number}`}
        nativeButtonAttributes={{ 'data-testid': `cancel-${callback.contactId}` }}
      >
        Cancel
      </Button>
    ),
    minWidth: 110,
  };
}

function State({ callback: { state, dueAt } }: { callback: Callback }): ReactNode {
  const { look, text } = callbackLook(state);
  return (
    <>
      <StatusIndicator type={look}>{text}</StatusIndicator>
      {state === 'SCHEDULED' && dueAt && <div className="tl-secondary">not before {moment(dueAt)}</div>}
    </>
  );
}

function CancelDialog({ callback, onClose, onDone }: { callback: Callback; onClose: () => void; onDone: (text: string) => void }): ReactNode {
  const { api } = useServices();
  const { contactId, number, customerName } = callback;
  const run = async (): Promise<void> => {
    await api.live.cancelCallback(contactId);
    onDone(`The callback to ${number} is cancelled.`);
  };
  return (
    <ConfirmDialog title="Cancel this callback?" confirm="Cancel the callback" cancel="Keep it" run={run} onClose={onClose}>
      <p className="tl-flush">
        {customerName ? `${customerName} (${number})` : number} is not called any more, and nobody tells them so. If it rings at an agent, it stops ringing. This cannot be undone.
      </p>
    </ConfirmDialog>
  );
}
