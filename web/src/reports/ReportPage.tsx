import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import Tabs from '@cloudscape-design/components/tabs';
import { useCallback, useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { ReportRun } from '../api/types';
import { moment } from '../app/format';
import { useLoaded, useWatched } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { Completeness } from './Completeness';
import { grainOf, ordered, paceOf, paceOfAsked, rowsOf, shifted, shownOf, titleOf, type PublishedRun } from './model';
import { PreviewChart } from './PreviewChart';
import { ChangedRows, PreviewTable } from './PreviewTable';
import { RunFiles, RunState } from './RunParts';

/** One report of one period: its revisions, and what the chosen one says. */
export function ReportPage({ report, period }: { report: string; period: string }): ReactNode {
  const { runs, error, isAsked, problem, build, reload } = useRuns(report, period);
  const [chosen, setChosen] = useState<number | null>(null);
  if (!runs) return error ? <Failed title="The report could not be loaded" reason={error} onRetry={reload} /> : <Loading>Loading the report</Loading>;
  const shown = shownOf(runs, chosen);
  return (
    <ContentLayout header={<PageHeader report={report} period={period} title={titleOf(runs, report)} onBuild={build} onReload={reload} />}>
      <SpaceBetween size="l">
        {problem && <Alert type="error">{problem}</Alert>}
        {isAsked && !shown && <Alert type="info">The reports of {period} were asked for. This page looks again by itself.</Alert>}
        <Revisions runs={runs} shown={shown} onChoose={setChosen} />
        {shown && <Preview key={shown.revision} report={report} period={period} revision={shown.revision} />}
        {grainOf(period) === 'day' && <Completeness key={period} day={period} />}
      </SpaceBetween>
    </ContentLayout>
  );
}

interface Runs {
  /** Newest revision first; null before the first look. */
  runs: ReportRun[] | null;
  error: string | null;
  /** Somebody asked here for the period to be built. */
  isAsked: boolean;
  /** Why it was not. */
  problem: string | null;
  build: () => void;
  reload: () => void;
}

/** The revisions of one report of one period, looked at again while one is being written. */
function useRuns(report: string, period: string): Runs {
  const { api } = useServices();
  const load = useCallback(async () => {
    const all = await api.reports.of(period);
    return ordered(all.filter((run) => run.report === report));
  }, [api, report, period]);
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { data: runs, error, reload } = useWatched(load, isAsked ? paceOfAsked : paceOf);
  const build = (): void => {
    setProblem(null);
    api.reports.build(period).then(
      () => {
        setAsked(true);
        reload();
      },
      (refusal: unknown) => setProblem(sentence(refusal)),
    );
  };
  return { runs, error, isAsked, problem, build, reload };
}

interface PageHeaderProps {
  report: string;
  period: string;
  title: string;
  onBuild: () => void;
  onReload: () => void;
}

function PageHeader({ report, period, title, onBuild, onReload }: PageHeaderProps): ReactNode {
  const [before, after] = [shifted(period, -1), shifted(period, 1)];
  return (
    <Header
      variant="h1"
      description={report}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {before && <Button iconName="angle-left" ariaLabel={`Before: ${before}`} href={HREF.report(report, before)} />}
          {after && <Button iconName="angle-right" ariaLabel={`After: ${after}`} href={HREF.report(report, after)} />}
          <Button iconName="refresh" ariaLabel="Load again" onClick={onReload} />
          <Button onClick={onBuild} nativeButtonAttributes={{ 'data-testid': 'report-build-this' }}>
            Build this period
          </Button>
        </SpaceBetween>
      }
    >
      {title} · {period}
    </Header>
  );
}

const COLUMNS: TableProps.ColumnDefinition<ReportRun>[] = [
  { id: 'revision', header: 'Revision', cell: (run) => run.revision ?? '–', isRowHeader: true, minWidth: 100 },
  { id: 'state', header: 'State', cell: (run) => <RunState run={run} />, minWidth: 150 },
  { id: 'rows', header: 'Rows', cell: (run) => rowsOf(run)?.toLocaleString('en') ?? '–', minWidth: 90 },
  { id: 'built', header: 'Built', cell: (run) => moment(run.builtAt), minWidth: 180 },
  { id: 'files', header: 'Files', cell: (run) => <RunFiles run={run} />, minWidth: 340 },
];

function Revisions({ runs, shown, onChoose }: { runs: ReportRun[]; shown: PublishedRun | null; onChoose: (revision: number | null) => void }): ReactNode {
  return (
    <Table
      data-testid="report-revisions"
      items={runs}
      columnDefinitions={COLUMNS}
      trackBy={(run) => String(run.revision)}
      wrapLines
      selectionType="single"
      selectedItems={shown ? [shown] : []}
      isItemDisabled={(run) => run.state !== 'published'}
      onSelectionChange={({ detail }) => onChoose(detail.selectedItems[0]?.revision ?? null)}
      ariaLabels={{ tableLabel: 'Revisions', selectionGroupLabel: 'Revision to look at', itemSelectionLabel: (_, run) => `Revision ${run.revision ?? ''}` }}
      header={<Header variant="h2">Revisions</Header>}
      empty={<Empty title="Not built yet">The period may still run, or its report is not due. It can be built now.</Empty>}
    />
  );
}

function Preview({ report, period, revision }: { report: string; period: string; revision: number }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.reports.preview(report, period, revision), [api, report, period, revision]);
  const { data, error, reload } = useLoaded(load);
  if (error) return <Failed title="What it says could not be loaded" reason={error} onRetry={reload} />;
  if (!data) return <Loading>Loading the rows</Loading>;
  return (
    <Container header={<Header variant="h2" counter={`(${data.rowCount.toLocaleString('en')} rows)`}>{`What revision ${revision} says`}</Header>}>
      <Tabs
        ariaLabel="How it is shown"
        tabs={[
          { id: 'table', label: 'Table', content: <PreviewTable preview={data} /> },
          { id: 'chart', label: 'Chart', content: <PreviewChart preview={data} /> },
          { id: 'changes', label: data.changedCount ? `Changed rows (${data.changedCount})` : 'Changed rows', content: <ChangedRows preview={data} /> },
        ]}
      />
    </Container>
  );
}
