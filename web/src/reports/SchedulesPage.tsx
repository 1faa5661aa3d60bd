import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { ReportSchedule } from '../api/reports';
import { moment } from '../app/format';
import { useWatched } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { Deliveries } from './Deliveries';

const AGAIN_MS = 60_000;

/** Which reports there are, when each is due by whose clocks, and what is missing. */
export function SchedulesPage(): ReactNode {
  const { api } = useServices();
  const { data, error, reload } = useWatched(api.reports.schedules, AGAIN_MS);
  if (error && !data) return <Failed title="It could not be loaded when reports are due" reason={error} onRetry={reload} />;
  return (
    <SpaceBetween size="l">
      <Table
        items={data ?? []}
        columnDefinitions={COLUMNS}
        trackBy="report"
        loading={!data}
        loadingText="Loading when reports are due"
        wrapLines
        ariaLabels={{ tableLabel: 'When reports are due' }}
        empty={<Empty title="No reports are set up" />}
        header={
          <Header
            variant="h1"
            description={error ? <span className="tl-error" role="alert">{`This list is old. ${error}`}</span> : 'What is late stands first: a report that is not there fifteen minutes after it was due.'}
            actions={<Button iconName="refresh" ariaLabel="Load again" onClick={reload} />}
          >
            When reports are due
          </Header>
        }
      />
      <Deliveries schedules={data ?? []} />
    </SpaceBetween>
  );
}

const COLUMNS: TableProps.ColumnDefinition<ReportSchedule>[] = [
  {
    id: 'report',
    header: 'Report',
    cell: ({ report, title }) => (
      <span data-testid="report-schedule" data-report={report}>
        {title}
      </span>
    ),
    isRowHeader: true,
    minWidth: 170,
  },
  { id: 'state', header: 'State', cell: (schedule) => <Late schedule={schedule} />, minWidth: 130 },
  { id: 'period', header: 'Made for each', cell: ({ grain }) => grain, minWidth: 100 },
  { id: 'due', header: 'Due on the day after', cell: ({ due, zone }) => `${due}, ${zone}`, minWidth: 190 },
  {
    id: 'next',
    header: 'Next',
    cell: ({ nextPeriod, nextDueAt }) => (
      <>
        {moment(nextDueAt)}
        <div className="tl-secondary">for {nextPeriod}, in your time</div>
      </>
    ),
    minWidth: 170,
  },
  { id: 'last', header: 'Last', cell: (schedule) => <Last schedule={schedule} />, minWidth: 180 },
  { id: 'formats', header: 'Files', cell: ({ formats }) => formats.join(', '), minWidth: 110 },
];

function Late({ schedule: { report, late, lastPeriod } }: { schedule: ReportSchedule }): ReactNode {
  if (late.length === 0) return <StatusIndicator type={lastPeriod ? 'success' : 'pending'}>{lastPeriod ? 'In time' : 'Never made yet'}</StatusIndicator>;
  return (
    <>
      <StatusIndicator type="warning">{late.length === 1 ? 'Late' : `Late: ${late.length} periods`}</StatusIndicator>
      <ul className="tl-plain-list">
        {late.map((period) => (
          <li key={period}>
            <Link href={HREF.report(report, period)}>{period}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Last({ schedule: { report, lastPeriod, lastRevision, lastBuiltAt } }: { schedule: ReportSchedule }): ReactNode {
  if (!lastPeriod) return '–';
  return (
    <>
      <Link href={HREF.report(report, lastPeriod)}>{lastPeriod}</Link>
      <div className="tl-secondary">
        revision {lastRevision}, built {moment(lastBuiltAt)}
      </div>
    </>
  );
}
