import ContentLayout from '@cloudscape-design/components/content-layout';
import Flashbar from '@cloudscape-design/components/flashbar';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useCallback, useState, type ReactNode } from 'react';
import type { Flow } from '../api/types';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Failed, Loading } from '../app/States';
import { AboutFlow } from './AboutFlow';
import { CanaryPanel } from './CanaryPanel';
import { trialOf, typeLabel } from './model';
import { Versions } from './Versions';
import { Workbench } from './Workbench';

export function FlowPage({ flowId }: { flowId: string }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.flows.flow(flowId), [api, flowId]);
  const { data: flow, error, isLoading, reload, set } = useLoaded(load);
  if (!flow && isLoading) return <Loading>Loading the flow</Loading>;
  if (!flow) return <Failed title="The flow could not be loaded" reason={error ?? ''} onRetry={reload} />;
  return <Opened flow={flow} onChange={set} onReload={reload} />;
}

interface OpenedProps {
  flow: Flow;
  onChange: (flow: Flow) => void;
  onReload: () => void;
}

function Opened({ flow, onChange, onReload }: OpenedProps): ReactNode {
  const { me } = useServices();
  const [tab, setTab] = useState('content');
  const [done, setDone] = useState<string | null>(null);
  const mayEdit = me.groups.includes('admin');
  const isDone = useCallback(
    (text: string, changed?: Flow) => {
      setDone(text);
      if (changed) onChange(changed);
      else onReload();
    },
    [onChange, onReload],
  );
  return (
    <ContentLayout
      header={
        <SpaceBetween size="s">
          <Header variant="h1" description={flow.description || undefined}>
            <span dir="auto">{flow.name}</span> <Badges flow={flow} />
          </Header>
          {done && <Flashbar items={[{ id: 'done', type: 'success', content: done, dismissible: true, dismissLabel: 'Dismiss', onDismiss: () => setDone(null), ariaRole: 'status' }]} />}
        </SpaceBetween>
      }
    >
      <Tabs
        activeTabId={tab}
        onChange={({ detail }) => setTab(detail.activeTabId)}
        ariaLabel="What to see of the flow"
        tabs={[
          { id: 'content', label: 'Content', content: <Workbench key={`${flow.liveVersion}`} flow={flow} mayEdit={mayEdit} onDraft={(draft) => onChange({ ...flow, draft })} onDone={isDone} /> },
          { id: 'versions', label: `Versions (${flow.newestVersion})`, content: <Versions key={flow.liveVersion} flow={flow} mayEdit={mayEdit} onDone={isDone} /> },
          { id: 'canary', label: trialOf(flow) ? 'Canary (running)' : 'Canary', content: <CanaryPanel flow={flow} mayEdit={mayEdit} onDone={isDone} /> },
          { id: 'about', label: 'Tags', content: <AboutFlow flow={flow} mayEdit={mayEdit} onDone={isDone} /> },
        ]}
      />
    </ContentLayout>
  );
}

function Badges({ flow }: { flow: Flow }): ReactNode {
  const trial = trialOf(flow);
  return (
    <span className="tl-badges">
      <span className="tl-tag">{typeLabel(flow.type)}</span>
      <span className={flow.liveVersion ? 'tl-badge tl-badge-live' : 'tl-badge'} data-testid="flow-live">
        {flow.liveVersion ? `Version ${flow.liveVersion} is live` : 'Never published'}
      </span>
      {flow.draft && <span className="tl-badge tl-badge-follow-up">Draft</span>}
      {trial && <span className="tl-badge tl-badge-open">{`Canary: ${trial.percent} % get version ${trial.version}`}</span>}
    </span>
  );
}
