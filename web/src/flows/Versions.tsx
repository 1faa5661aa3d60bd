import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCallback, useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { VersionName } from '../api/flows';
import type { Flow, FlowVersion } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { Changes } from './Changes';

interface Props {
  flow: Flow;
  mayEdit: boolean;
  onDone: (text: string, flow?: Flow) => void;
}

/** Every version that was published, what is different between any two, and the way back. */
export function Versions({ flow, mayEdit, onDone }: Props): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.flows.versions(flow.flowId), [api, flow.flowId]);
  const { data, error, isLoading, reload } = useLoaded(load);
  const [target, setTarget] = useState<number | null>(null);
  if (error) return <Failed title="The versions could not be loaded" reason={error} onRetry={reload} />;
  const versions = data ?? [];
  return (
    <SpaceBetween size="l">
      <Table
        variant="container"
        items={versions}
        columnDefinitions={columns(mayEdit, setTarget)}
        trackBy={({ version }) => String(version)}
        loading={isLoading && !data}
        loadingText="Loading versions"
        wrapLines
        header={<Header variant="h2" description="A version never changes. Contacts end on the version they began with.">Versions</Header>}
        empty={<Empty title="Never published">Publish the draft to make version 1.</Empty>}
      />
      {versions.length > 0 && <Compare flow={flow} versions={versions} />}
      {target !== null && <RollBack flow={flow} version={target} onClose={() => setTarget(null)} onDone={onDone} />}
    </SpaceBetween>
  );
}

function columns(mayEdit: boolean, onRollBack: (version: number) => void): TableProps.ColumnDefinition<FlowVersion>[] {
  return [
    {
      id: 'version',
      header: 'Version',
      isRowHeader: true,
      width: 150,
      cell: ({ version, isLive }) => (
        <span data-testid="version-row">
          {version} {isLive && <span className="tl-badge tl-badge-live">Live</span>}
        </span>
      ),
    },
    { id: 'when', header: 'Published', width: 200, cell: ({ publishedAt }) => moment(publishedAt) },
    { id: 'who', header: 'By', width: 160, cell: ({ publishedBy }) => publishedBy ?? '–' },
    { id: 'note', header: 'Note', cell: ({ note }) => <span dir="auto">{note ? note : '–'}</span> },
    {
      id: 'back',
      header: 'Back to it',
      width: 150,
      cell: ({ version, isLive }) =>
        mayEdit && !isLive ? (
          <Button variant="inline-link" ariaLabel={`Roll back to version ${version}`} onClick={() => onRollBack(version)} nativeButtonAttributes={{ 'data-testid': `roll-back-${version}` }}>
            Roll back
          </Button>
        ) : (
          '–'
        ),
    },
  ];
}

function Compare({ flow, versions }: { flow: Flow; versions: readonly FlowVersion[] }): ReactNode {
  const newest: VersionName = flow.draft ? 'draft' : (versions[0]?.version ?? 1);
  const before = versions.find(({ version }) => version !== newest && (!flow.draft || version === flow.liveVersion)) ?? versions.at(-1);
  const [from, setFrom] = useState<VersionName>(before?.version ?? 1);
  const [to, setTo] = useState<VersionName>(newest);
  const [look, setLook] = useState('list');
  const names: VersionName[] = [...(flow.draft ? ['draft' as const] : []), ...versions.map(({ version }) => version)];
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SegmentedControl
              label="How to see the difference"
              selectedId={look}
              options={[
                { id: 'list', text: 'List' },
                { id: 'text', text: 'Text' },
              ]}
              onChange={({ detail }) => setLook(detail.selectedId)}
            />
          }
        >
          What is different
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div className="tl-compare">
          <Choice label="From" value={from} names={names} onChange={setFrom} />
          <Choice label="To" value={to} names={names} onChange={setTo} />
        </div>
        {from === to ? <Empty title="Choose two different versions" /> : <Difference flowId={flow.flowId} from={from} to={to} isText={look === 'text'} />}
      </SpaceBetween>
    </Container>
  );
}

function Choice({ label, value, names, onChange }: { label: string; value: VersionName; names: VersionName[]; onChange: (name: VersionName) => void }): ReactNode {
  const option = (name: VersionName): { value: string; label: string } => ({ value: String(name), label: nameOf(name) });
  return (
    <FormField label={label}>
      <Select
        selectedOption={option(value)}
        options={names.map(option)}
        onChange={({ detail }) => onChange(detail.selectedOption.value === 'draft' ? 'draft' : Number(detail.selectedOption.value))}
      />
    </FormField>
  );
}

function Difference({ flowId, from, to, isText }: { flowId: string; from: VersionName; to: VersionName; isText: boolean }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.flows.diff(flowId, from, to), [api, flowId, from, to]);
  const { data, error, isLoading, reload } = useLoaded(load);
  if (isLoading) return <Loading>Comparing</Loading>;
  if (!data) return <Failed title="They could not be compared" reason={error ?? ''} onRetry={reload} />;
  return isText && data.changes.length > 0 ? <pre className="tl-diff">{data.text}</pre> : <Changes changes={data.changes} />;
}

interface RollBackProps {
  flow: Flow;
  version: number;
  onClose: () => void;
  onDone: (text: string, flow: Flow) => void;
}

/** Asks once, with what will change, and then does it. */
function RollBack({ flow, version, onClose, onDone }: RollBackProps): ReactNode {
  const { api } = useServices();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const rollBack = (): void => {
    setBusy(true);
    setProblem(null);
    api.flows.rollBack(flow.flowId, version).then(
      (changed) => {
        onClose();
        onDone(`Version ${version} is live again. New contacts get it within 5 seconds; those in progress stay on theirs.`, changed);
      },
      (error: unknown) => {
        setProblem(sentence(error));
        setBusy(false);
      },
    );
  };
  return (
    <Modal
      visible
      size="large"
      header={`Make version ${version} live again?`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} onClick={rollBack} nativeButtonAttributes={{ 'data-testid': 'roll-back-now' }}>
              Roll back
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {problem && <Alert type="error" header={`Version ${flow.liveVersion} is still live`}>{problem}</Alert>}
        <p className="tl-flush">Version {flow.liveVersion} is live now and is kept. For new contacts this changes:</p>
        <Difference flowId={flow.flowId} from={flow.liveVersion} to={version} isText={false} />
      </SpaceBetween>
    </Modal>
  );
}

function nameOf(name: VersionName): string {
  return name === 'draft' ? 'Draft' : `Version ${name}`;
}
