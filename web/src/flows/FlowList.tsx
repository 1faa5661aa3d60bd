import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState, type ReactNode } from 'react';
import type { Flow } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { CreateFlowDialog } from './CreateFlowDialog';
import { found, trialOf, typeLabel, type Kind } from './model';

const COLUMNS: TableProps.ColumnDefinition<Flow>[] = [
  { id: 'name', header: 'Name', cell: (flow) => <Name flow={flow} />, isRowHeader: true, minWidth: 220 },
  { id: 'type', header: 'Type', cell: (flow) => typeLabel(flow.type), width: 170 },
  { id: 'live', header: 'Live', cell: (flow) => (flow.liveVersion ? `Version ${flow.liveVersion}` : <span className="tl-secondary">Never published</span>), width: 140 },
  { id: 'draft', header: 'Draft', cell: (flow) => <Draft flow={flow} />, width: 210 },
  { id: 'canary', header: 'Canary', cell: (flow) => <CanaryLine flow={flow} />, width: 210 },
  { id: 'changed', header: 'Changed', cell: (flow) => moment(flow.changedAt), width: 180 },
];

export function FlowList(): ReactNode {
  const { api, me } = useServices();
  const { data, error, isLoading, reload } = useLoaded(api.flows.list);
  const [text, setText] = useState('');
  const [kind, setKind] = useState<Kind>('all');
  const [isCreating, setCreating] = useState(false);
  if (error) return <Failed title="Flows could not be loaded" reason={error} onRetry={reload} />;
  const flows = data?.flows ?? [];
  const shown = found(flows, kind, text);
  const isAdmin = me.groups.includes('admin');
  return (
    <>
      <Table
        variant="full-page"
        stickyHeader
        items={shown}
        columnDefinitions={COLUMNS}
        trackBy="flowId"
        loading={isLoading && !data}
        loadingText="Loading flows"
        wrapLines
        empty={flows.length ? <Empty title="No flow matches">Look for other words, or among all kinds.</Empty> : <Empty title="No flows yet">A flow decides what callers hear and where they go.</Empty>}
        filter={<Filters text={text} kind={kind} count={shown.length} onText={setText} onKind={setKind} />}
        header={
          <Header
            variant="awsui-h1-sticky"
            counter={data ? `(${flows.length})` : undefined}
            description="What callers and chatters meet before, between and after people. Publishing changes the next contact; contacts in progress stay on the version they began."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Load again" onClick={reload} />
                {isAdmin && (
                  <Button variant="primary" disabled={!data} onClick={() => setCreating(true)} nativeButtonAttributes={{ 'data-testid': 'flow-create' }}>
                    Create flow
                  </Button>
                )}
              </SpaceBetween>
            }
          >
            Flows
          </Header>
        }
      />
      {isCreating && data && <CreateFlowDialog instanceId={data.instanceId} onClose={() => setCreating(false)} />}
    </>
  );
}

interface FiltersProps {
  text: string;
  kind: Kind;
  count: number;
  onText: (text: string) => void;
  onKind: (kind: Kind) => void;
}

function Filters({ text, kind, count, onText, onKind }: FiltersProps): ReactNode {
  return (
    <div className="tl-filters">
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find by name, type, description or tag"
        filteringAriaLabel="Find flows"
        countText={text ? `${count} found` : ''}
        onChange={({ detail }) => onText(detail.filteringText)}
      />
      <SegmentedControl
        label="Kind"
        selectedId={kind}
        options={[
          { id: 'all', text: 'All' },
          { id: 'flows', text: 'Flows' },
          { id: 'modules', text: 'Modules' },
        ]}
        onChange={({ detail }) => onKind(detail.selectedId as Kind)}
      />
    </div>
  );
}

function Name({ flow }: { flow: Flow }): ReactNode {
  return (
    <span data-testid="flow-row">
      <Link href={HREF.flow(flow.flowId)}>
        <span dir="auto">{flow.name}</span>
      </Link>
      {flow.state === 'ARCHIVED' && <span className="tl-tag">Archived</span>}
      {flow.description && (
        <div className="tl-secondary" dir="auto">
          {flow.description}
        </div>
      )}
    </span>
  );
}

function Draft({ flow: { draft } }: { flow: Flow }): ReactNode {
  if (!draft) return <span className="tl-secondary">–</span>;
  return (
    <>
      <span className="tl-badge tl-badge-follow-up">Draft</span>
      <div className="tl-secondary">{[draft.savedBy, draft.savedAt && moment(draft.savedAt)].filter(Boolean).join(' · ')}</div>
    </>
  );
}

function CanaryLine({ flow }: { flow: Flow }): ReactNode {
  const trial = trialOf(flow);
  if (trial) return <span className="tl-badge tl-badge-open">{`${trial.percent} % get version ${trial.version}`}</span>;
  return flow.canary?.end?.outcome === 'FAILED' ? <span className="tl-error">{`Version ${flow.canary.version} was taken back`}</span> : <span className="tl-secondary">–</span>;
}
