import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState, type ReactNode } from 'react';
import type { Outcome, QueueWrapUp, WrapUpSetup } from '../api/wrapUps';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { limitText, offeredIn } from './model';
import { OutcomeDialog } from './OutcomeDialog';
import { QueueDialog } from './QueueDialog';

type Open = { what: 'new' } | { what: 'outcome' | 'withdraw'; outcome: Outcome } | { what: 'queue'; queue: QueueWrapUp };

/** How contacts end: the outcomes that agents choose from, and each queue's time and script for it. */
export function OutcomesPage(): ReactNode {
  const { api, me } = useServices();
  const { data, error, reload } = useLoaded(api.wrapUps.all);
  const [open, setOpen] = useState<Open | null>(null);
  const mayChange = me.groups.includes('admin');
  const close = (): void => setOpen(null);
  const saved = (): void => {
    close();
    reload();
  };
  if (error && !data) return <Failed title="Outcomes could not be loaded" reason={error} onRetry={reload} />;
  if (!data) return <Loading>Loading outcomes</Loading>;
  return (
    <SpaceBetween size="l">
      <Table
        items={data.dispositions}
        trackBy="id"
        columnDefinitions={outcomeColumns(data, mayChange, setOpen)}
        ariaLabels={{ tableLabel: 'Outcomes' }}
        empty={<Empty title="No outcomes yet">Agents cannot complete contacts before there is one.</Empty>}
        header={
          <Header
            variant="h1"
            counter={`(${data.dispositions.length})`}
            description="What agents choose from when a contact is over. Desks get changes with their next sign-in."
            actions={
              mayChange && (
                <Button variant="primary" onClick={() => setOpen({ what: 'new' })} nativeButtonAttributes={{ 'data-testid': 'outcome-new' }}>
                  New outcome
                </Button>
              )
            }
          >
            Outcomes
          </Header>
        }
      />
      <Table
        items={data.queues}
        trackBy="id"
        columnDefinitions={queueColumns(mayChange, setOpen)}
        ariaLabels={{ tableLabel: 'Wrap-up by queue' }}
        empty={<Empty title="No queues yet" />}
        header={
          <Header variant="h2" description="How long agents have, and what their desk tells them to say before they close.">
            Wrap-up by queue
          </Header>
        }
      />
      {open && <Dialog open={open} setup={data} onClose={close} onSaved={saved} />}
    </SpaceBetween>
  );
}

function Dialog({ open, setup, onClose, onSaved }: { open: Open; setup: WrapUpSetup; onClose: () => void; onSaved: () => void }): ReactNode {
  const { api } = useServices();
  switch (open.what) {
    case 'queue':
      return <QueueDialog queue={open.queue} onClose={onClose} onSaved={onSaved} />;
    case 'withdraw':
      return (
        <ConfirmDialog title={`Withdraw “${open.outcome.label}”?`} confirm="Withdraw" run={() => api.wrapUps.withdraw(open.outcome.id).then(onSaved)} onClose={onClose}>
          <p className="tl-flush">Agents cannot choose it any more. Contacts that ended with it keep it, and reports still count them.</p>
        </ConfirmDialog>
      );
    default:
      return <OutcomeDialog setup={setup} outcome={open.what === 'new' ? null : open.outcome} onClose={onClose} onSaved={onSaved} />;
  }
}

function outcomeColumns(setup: WrapUpSetup, mayChange: boolean, open: (what: Open) => void): TableProps.ColumnDefinition<Outcome>[] {
  const columns: TableProps.ColumnDefinition<Outcome>[] = [
    {
      id: 'label',
      header: 'Outcome',
      isRowHeader: true,
      minWidth: 200,
      cell: ({ id, label }) => (
        <span dir="auto" data-testid="outcome" data-outcome={id}>
          {label}
        </span>
      ),
    },
    { id: 'queues', header: 'Offered in', minWidth: 200, cell: (outcome) => offeredIn(outcome, setup.queues) ?? <span className="tl-secondary">all queues</span> },
    { id: 'resolves', header: 'Customer need not come back', minWidth: 160, cell: ({ resolves }) => (resolves ? 'Yes' : '') },
    { id: 'id', header: 'In reports', minWidth: 160, cell: ({ id }) => <span className="tl-hash">{id}</span> },
  ];
  if (!mayChange) return columns;
  return [
    ...columns,
    {
      id: 'actions',
      header: 'Change',
      minWidth: 150,
      cell: (outcome) => (
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="inline-icon" iconName="edit" ariaLabel={`Change ${outcome.label}`} onClick={() => open({ what: 'outcome', outcome })} />
          <Button variant="inline-icon" iconName="remove" ariaLabel={`Withdraw ${outcome.label}`} onClick={() => open({ what: 'withdraw', outcome })} />
        </SpaceBetween>
      ),
    },
  ];
}

function queueColumns(mayChange: boolean, open: (what: Open) => void): TableProps.ColumnDefinition<QueueWrapUp>[] {
  const columns: TableProps.ColumnDefinition<QueueWrapUp>[] = [
    { id: 'name', header: 'Queue', isRowHeader: true, minWidth: 200, cell: ({ name }) => <span dir="auto">{name}</span> },
    { id: 'seconds', header: 'Time', minWidth: 200, cell: ({ seconds }) => limitText(seconds) },
    { id: 'script', header: 'Closing script', minWidth: 300, cell: ({ closingScript }) => (closingScript ? <span dir="auto">{closingScript}</span> : <span className="tl-secondary">the usual one</span>) },
  ];
  if (!mayChange) return columns;
  return [...columns, { id: 'actions', header: 'Change', minWidth: 110, cell: (queue) => <Button variant="inline-icon" iconName="edit" ariaLabel={`Change ${queue.name}`} onClick={() => open({ what: 'queue', queue })} /> }];
}
