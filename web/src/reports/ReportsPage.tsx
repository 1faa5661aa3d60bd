import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Modal from '@cloudscape-design/components/modal';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useEffect, useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { Grain, ReportRun } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { dayProblem, GRAINS, isBuilding, lookOf, ordered, periodOf, rowsOf, titlesOf } from './model';

const AGAIN_MS = 3_000;
const ALL = { label: 'All reports', value: '' };

const COLUMNS: TableProps.ColumnDefinition<ReportRun>[] = [
  { id: 'period', header: 'Period', cell: (run) => run.period, isRowHeader: true, minWidth: 120 },
  { id: 'report', header: 'Report', cell: (run) => run.title, minWidth: 150 },
  { id: 'revision', header: 'Revision', cell: (run) => run.revision ?? '–', minWidth: 100 },
  { id: 'state', header: 'State', cell: (run) => <State run={run} />, minWidth: 150 },
  { id: 'rows', header: 'Rows', cell: (run) => rowsOf(run)?.toLocaleString('en') ?? '–', minWidth: 90 },
  { id: 'built', header: 'Built', cell: (run) => moment(run.builtAt), minWidth: 180 },
  { id: 'files', header: 'Files', cell: (run) => <Files run={run} />, minWidth: 340 },
];

export function ReportsPage(): ReactNode {
  const { api } = useServices();
  const { data, error, isLoading, reload } = useLoaded(api.reports);
  const [isAsking, setAsking] = useState(false);
  const [title, setTitle] = useState<string | null>(null);
  const known = data ?? [];
  const runs = ordered(known).filter((run) => title === null || run.title === title);
  const isWaiting = isBuilding(known);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(reload, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isWaiting, reload]);
  if (error) return <Failed title="Reports could not be loaded" reason={error} onRetry={reload} />;
  return (
    <>
      <Table
        variant="full-page"
        stickyHeader
        items={runs}
        columnDefinitions={COLUMNS}
        trackBy={(run) => `${run.report} ${run.period} ${run.revision ?? ''}`}
        loading={isLoading && !data}
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
            description="Each file is listed with its rows and SHA-256, as in the manifest beside it. A period that changes later gets a new revision; the old one stays."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Load again" onClick={reload} />
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

function State({ run }: { run: ReportRun }): ReactNode {
  return (
    <>
      <StatusIndicator type={lookOf(run.state)}>{run.state.charAt(0).toUpperCase() + run.state.slice(1)}</StatusIndicator>
      {run.isProvisional && <div className="tl-secondary">provisional</div>}
    </>
  );
}

function Files({ run }: { run: ReportRun }): ReactNode {
  if (run.files.length === 0) return '–';
  return (
    <ul className="tl-files">
      {run.files.map((file) => (
        <li key={file.name}>
          <Link href={file.url} external={false} target="_blank" ariaLabel={`Download ${file.name}`}>
            {file.name}
          </Link>
          <span className="tl-hash">
            <CopyToClipboard variant="inline" copyButtonAriaLabel={`Copy SHA-256 of ${file.name}`} textToDisplay={`${file.sha256.slice(0, 8)}…`} textToCopy={file.sha256} copySuccessText="SHA-256 copied" copyErrorText="Not copied" />
          </span>
        </li>
      ))}
      {run.manifestUrl && (
        <li>
          <Link href={run.manifestUrl} target="_blank">
            manifest.json
          </Link>
        </li>
      )}
    </ul>
  );
}

function BuildDialog({ onClose, onAsked }: { onClose: () => void; onAsked: () => void }): ReactNode {
  const { api } = useServices();
  const [day, setDay] = useState(yesterday);
  const [grain, setGrain] = useState<Grain>('day');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const wrong = dayProblem(day, localDay(new Date()));
  const build = (): void => {
    setBusy(true);
    setProblem(null);
    api
      .buildReports(periodOf(grain, day))
      .then(onAsked, (error: unknown) => setProblem(sentence(error)))
      .finally(() => setBusy(false));
  };
  return (
    <Modal
      visible
      header="Build reports for a period"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={wrong !== null} onClick={build} nativeButtonAttributes={{ 'data-testid': 'report-build-now' }}>
              Build
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {problem && <Alert type="error">{problem}</Alert>}
        <FormField label="Period">
          <SegmentedControl
            label="Period"
            selectedId={grain}
            options={GRAINS.map((id) => ({ id, text: id.charAt(0).toUpperCase() + id.slice(1) }))}
            onChange={({ detail }) => setGrain(detail.selectedId as Grain)}
          />
        </FormField>
        <FormField
          label={grain === 'day' ? 'Day' : `A day in the ${grain}`}
          description={`${wrong === null ? periodOf(grain, day) : 'A period'} in the center's time zone. Built again without a change, it stays the same revision.`}
          errorText={wrong}
        >
          <input className="tl-input" type="date" aria-label="Day" data-testid="report-day" value={day} onChange={(event) => setDay(event.target.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}

function yesterday(): string {
  const day = new Date();
  day.setDate(day.getDate() - 1);
  return localDay(day);
}

function localDay(day: Date): string {
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
