import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState, type ReactNode } from 'react';
import type { Delivery, ReportSchedule } from '../api/reports';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { DeliveryDialog } from './DeliveryDialog';

type Open = { what: 'new' } | { what: 'change' | 'withdraw'; delivery: Delivery };

/** Who has which reports brought to a folder of their own, and is told by e-mail. */
export function Deliveries({ schedules }: { schedules: readonly ReportSchedule[] }): ReactNode {
  const { api, me } = useServices();
  const { data, error, isLoading, reload } = useLoaded(api.reports.deliveries);
  const [open, setOpen] = useState<Open | null>(null);
  const deliveries = data ?? [];
  const mayChange = me.groups.includes('admin');
  const saved = (): void => {
    setOpen(null);
    reload();
  };
  if (error && !data) return <Failed title="Deliveries could not be loaded" reason={error} onRetry={reload} />;
  return (
    <>
      <Table
        items={deliveries}
        trackBy="name"
        loading={isLoading && !data}
        loadingText="Loading deliveries"
        wrapLines
        columnDefinitions={columns(schedules, mayChange ? setOpen : null)}
        ariaLabels={{ tableLabel: 'Deliveries' }}
        empty={<Empty title="Nothing is delivered">Reports are downloaded here. Whoever wants them brought gets a folder of their own.</Empty>}
        header={<Head onNew={mayChange ? () => setOpen({ what: 'new' }) : null} />}
      />
      {open && <Dialog open={open} deliveries={deliveries} schedules={schedules} onClose={() => setOpen(null)} onSaved={saved} />}
    </>
  );
}

function Head({ onNew }: { onNew: (() => void) | null }): ReactNode {
  return (
    <Header
      variant="h2"
      description="Each new revision is copied to a folder of the bucket of exports, its manifest last, and told of by e-mail."
      actions={
        onNew && (
          <Button onClick={onNew} nativeButtonAttributes={{ 'data-testid': 'delivery-new' }}>
            New delivery
          </Button>
        )
      }
    >
      Deliveries
    </Header>
  );
}

interface DialogProps {
  open: Open;
  deliveries: readonly Delivery[];
  schedules: readonly ReportSchedule[];
  onClose: () => void;
  onSaved: () => void;
}

function Dialog({ open, deliveries, schedules, onClose, onSaved }: DialogProps): ReactNode {
  const { api } = useServices();
  if (open.what !== 'withdraw') {
    const taken = deliveries.map(({ name }) => name);
    return <DeliveryDialog delivery={open.what === 'change' ? open.delivery : null} taken={taken} schedules={schedules} onClose={onClose} onSaved={onSaved} />;
  }
  const { name } = open.delivery;
  return (
    <ConfirmDialog title={`Deliver nothing more to “${name}”?`} confirm="Withdraw" run={() => api.reports.withdrawDelivery(name).then(onSaved)} onClose={onClose}>
      <p className="tl-flush">What was delivered stays where it is. Nothing more is brought, and nobody is written to.</p>
    </ConfirmDialog>
  );
}

function columns(schedules: readonly ReportSchedule[], open: ((what: Open) => void) | null): TableProps.ColumnDefinition<Delivery>[] {
  const title = (report: string): string => schedules.find((each) => each.report === report)?.title ?? report;
  const shown: TableProps.ColumnDefinition<Delivery>[] = [
    { id: 'name', header: 'For', isRowHeader: true, minWidth: 130, cell: ({ name }) => <span data-testid="delivery">{name}</span> },
    { id: 'reports', header: 'Reports', minWidth: 260, cell: ({ reports }) => reports.map(title).join(', ') },
    { id: 'emails', header: 'Told by e-mail', minWidth: 200, cell: ({ emails }) => (emails.length ? emails.join(', ') : <span className="tl-secondary">nobody</span>) },
    { id: 'prefix', header: 'Folder', minWidth: 180, cell: ({ prefix }) => <span className="tl-hash">{prefix}</span> },
    { id: 'by', header: 'Set up by', minWidth: 110, cell: ({ by }) => by },
  ];
  if (!open) return shown;
  return [
    ...shown,
    {
      id: 'actions',
      header: 'Change',
      minWidth: 110,
      cell: (delivery) => (
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="inline-icon" iconName="edit" ariaLabel={`Change ${delivery.name}`} onClick={() => open({ what: 'change', delivery })} />
          <Button variant="inline-icon" iconName="remove" ariaLabel={`Withdraw ${delivery.name}`} onClick={() => open({ what: 'withdraw', delivery })} />
        </SpaceBetween>
      ),
    },
  ];
}
