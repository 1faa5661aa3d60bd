import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCallback, useState, type ReactNode } from 'react';
import type { RewardLine, Rewards } from '../api/reports';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { figureText, goalText, lastMonth, monthProblem, remarkOf } from './model';

/** What agents were paid for reaching their goals, by month; who sees all of it also pays it. */
export function RewardsPage(): ReactNode {
  const [month, setMonth] = useState(() => lastMonth(new Date()));
  const [shown, setShown] = useState(month);
  const choose = (wanted: string): void => {
    setMonth(wanted);
    if (monthProblem(wanted, new Date()) === null) setShown(wanted);
  };
  return (
    <OfMonth month={shown}>
      <FormField label="Month" errorText={monthProblem(month, new Date())}>
        <input className="tl-input" type="month" aria-label="Month" data-testid="rewards-month" value={month} onChange={(event) => choose(event.target.value)} />
      </FormField>
    </OfMonth>
  );
}

function OfMonth({ month, children }: { month: string; children: ReactNode }): ReactNode {
  const { api, me } = useServices();
  const [isPaying, setPaying] = useState(false);
  const load = useCallback(async () => ({ paid: await api.reports.rewards(month) }), [api, month]);
  const { data, error, isLoading, reload, set } = useLoaded(load);
  const seesAll = me.groups.includes('finance') || me.groups.includes('admin');
  const paid = data?.paid ?? null;
  const pay = async (): Promise<void> => {
    set({ paid: await api.reports.pay(month) });
    setPaying(false);
  };
  if (error) return <Failed title="Rewards could not be loaded" reason={error} onRetry={reload} />;
  return (
    <>
      <Table
        items={paid?.lines ?? []}
        trackBy="lineId"
        columnDefinitions={columnsOf(month, paid, seesAll)}
        loading={isLoading}
        loadingText="Loading rewards"
        wrapLines
        ariaLabels={{ tableLabel: 'Rewards' }}
        empty={paid ? <Empty title="No goal was reached" /> : <NotPaid month={month} mayPay={seesAll} onPay={() => setPaying(true)} />}
        filter={children}
        header={
          <Header variant="h1" description={<Told paid={paid} seesAll={seesAll} />} actions={<Download paid={paid} />}>
            Rewards
          </Header>
        }
      />
      {isPaying && (
        <ConfirmDialog title={`Pay the rewards of ${month}?`} confirm="Pay" run={pay} onClose={() => setPaying(false)}>
          <p className="tl-flush">They are paid once, by the figures of the report as it is now, and their lines never change. What is corrected afterwards is paid, or taken back, with a later month.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Download({ paid }: { paid: Rewards | null }): ReactNode {
  return (
    paid?.url && (
      <Button href={paid.url} iconName="download">
        {`Download rewards-${paid.period}.csv`}
      </Button>
    )
  );
}

function Told({ paid, seesAll }: { paid: Rewards | null; seesAll: boolean }): ReactNode {
  if (!paid) return 'So much for each goal that an agent reached in a month, and so much extra for all of them.';
  return (
    <span data-testid="rewards-total">
      {`${seesAll ? 'Paid' : 'You were paid'} ${paid.total} ${paid.currency} for ${paid.period}, on ${moment(paid.madeAt)}.`}
    </span>
  );
}

function NotPaid({ month, mayPay, onPay }: { month: string; mayPay: boolean; onPay: () => void }): ReactNode {
  if (!mayPay) return <Empty title={`The rewards of ${month} are not paid yet`}>Finance pays them once the figures of the month are final.</Empty>;
  const pay = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button href={HREF.report('monthly-performance', month)}>See the figures</Button>
      <Button variant="primary" onClick={onPay} nativeButtonAttributes={{ 'data-testid': 'rewards-pay' }}>
        Pay them
      </Button>
    </SpaceBetween>
  );
  return (
    <Empty title={`The rewards of ${month} are not paid yet`} action={pay}>
      They can be paid once the figures of the month are final.
    </Empty>
  );
}

function columnsOf(month: string, paid: Rewards | null, seesAll: boolean): TableProps.ColumnDefinition<RewardLine>[] {
  const columns: TableProps.ColumnDefinition<RewardLine>[] = [
    { id: 'goal', header: 'Goal', isRowHeader: !seesAll, cell: ({ goalId }) => goalText(goalId), minWidth: 200 },
    { id: 'figure', header: 'Figure', cell: figureText, minWidth: 200 },
    { id: 'remark', header: 'Remark', cell: (line) => remarkOf(line, month), minWidth: 180 },
    { id: 'amount', header: paid ? `Amount, ${paid.currency}` : 'Amount', cell: ({ amount }) => <span className="tl-cell-number">{amount}</span>, minWidth: 130 },
  ];
  if (!seesAll) return columns;
  const agent: TableProps.ColumnDefinition<RewardLine> = {
    id: 'agent',
    header: 'Agent',
    isRowHeader: true,
    minWidth: 180,
    cell: ({ agentId, agentName }) => (
      <span dir="auto" data-testid="reward-line" data-agent={agentId}>
        {agentName ?? agentId}
      </span>
    ),
  };
  return [agent, ...columns];
}
