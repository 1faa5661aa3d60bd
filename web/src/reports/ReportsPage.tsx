import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState, type ReactNode } from 'react';
import type { ReportRun } from '../api/types';
import { moment } from '../app/format';
import { useWatched } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { BuildDialog } from './BuildDialog';
import { ordered, paceOf, rowsOf, titlesOf } from './model';
import { RunFiles, RunState } from './RunParts';

const ALL = { label: 'All reports', value: '' };

const COLUMNS: TableProps.ColumnDefinition<ReportRun>[] = [
  { id: 'period', header: 'Period', cell: (run) => run.period, isRowHeader: true, minWidth: 120 },
  {
    id: 'report',
    header: 'Report',
    cell: (run) => (
      <span data-testid="report-run" data-report={run.report} data-period={run.period}>
        <Link href={HREF.report(run.report, run.period)}>{run.title}</Link>
      </span>
    ),
    minWidth: 150,
  },
  { id: 'revision', header: 'Revision', cell: (run) => run.revision ?? '–', minWidth: 100 },
  { id: 'state', header: 'State', cell: (run) => <RunState run={run} />, minWidth: 150 },
  { id: 'rows', header: 'Rows', cell: (run) => rowsOf(run)?.toLocaleString('en') ?? '–', minWidth: 90 },
  { id: 'built', header: 'Built', cell: (run) => moment(run.builtAt), minWidth: 180 },
  { id: 'files', header: 'Files', cell: (run) => <RunFiles run={run} />, minWidth: 340 },
];

export function ReportsPage(): ReactNode {
  const { api } = useServices();
  const { data, error, reload } = useWatched(api.reports.runs, paceOf);
  const [isAsking, setAsking] = useState(false);
  const [title, setTitle] = useState<string | null>(null);
  const known = data ?? [];
  const runs = ordered(known).filter((run) => title === null || run.title === title);
  if (error && !data) return <Failed title="Reports could not be loaded" reason={error} onRetry={reload} />;
  return (
    <>
      <Table
        variant="full-page"
        stickyHeader
        items={runs}
        columnDefinitions={COLUMNS}
        trackBy={(run) => `${run.report} ${run.period} ${run.revision ?? ''}`}
        loading={!data}
        loadingText="Loading reports"
        wrapLines
        filter={
          known.length > 0 && (
            <Select
              ariaLabel="Report"
              selectedOption={title === null ? ALL : { label: title, value: title }}
              options={[ALL, ...titlesOf(known).map((each) => ({ label: each, value: each }))]}
              onChange={({ detail }) => setTitle(detail.selectedOption.value || null)}
              data-testid="report-filter"
            />
          )
        }
        empty={<Empty title="No reports yet">A report is built by itself after each day, month, quarter and year ends in the center's time zone. You can also build one now.</Empty>}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={
              error ? (
                <span className="tl-error" role="alert">{`This list is old. ${error}`}</span>
              ) : (
                'Each file is listed with its rows and SHA-256, as in the manifest beside it. A period that changes later gets a new revision; the old one stays.'
              )
            }
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Load again" onClick={reload} />
                <Button href={HREF.schedules}>When reports are due</Button>
                <Button variant="primary" onClick={() => setAsking(true)} nativeButtonAttributes={{ 'data-testid': 'report-build' }}>
                  Build reports for a period
                </Button>
              </SpaceBetween>
            }
          >
            Reports
          </Header>
        }
      />
      {isAsking && (
        <BuildDialog
          onClose={() => setAsking(false)}
          onAsked={() => {
            setAsking(false);
            reload();
          }}
        />
      )}
    </>
  );
}
