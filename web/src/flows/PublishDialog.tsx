import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState, type ReactNode } from 'react';
import { ApiError, sentence } from '../api/errors';
import type { PublishedMeanwhile } from '../api/flows';
import type { Finding, Flow } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Failed, Loading } from '../app/States';
import { Changes } from './Changes';
import { counted } from './findings';

interface Props {
  flow: Flow;
  findings: readonly Finding[];
  onClose: () => void;
  onPublished: (version: number, flow: Flow) => void;
  onTakeTheirs: () => void;
}

const NOTE_LIMIT = 500;

/** What the draft changes, why, and what to do when somebody published first. */
export function PublishDialog({ flow, findings, onClose, onPublished, onTakeTheirs }: Props): ReactNode {
  const { api } = useServices();
  const [note, setNote] = useState('');
  const [isLive, setLive] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>({ problem: null, findings: [], theirs: null });
  const publish = async (basedOn: number): Promise<void> => {
    setBusy(true);
    try {
      const { version, flow: changed } = await api.flows.publish(flow.flowId, basedOn, note.trim(), isLive);
      onPublished(version, changed);
    } catch (error) {
      setRefusal(refusalOf(error));
      setBusy(false);
    }
  };
  const { theirs } = refusal;
  return (
    <Modal
      visible
      size="large"
      data-testid="publish-dialog"
      header={theirs ? 'Somebody published first' : `Publish ${flow.name}`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Back to editing
            </Button>
            {theirs && <Button onClick={onTakeTheirs}>Take theirs</Button>}
            <Button
              variant="primary"
              loading={isBusy}
              disabled={note.length > NOTE_LIMIT}
              onClick={() => void publish(theirs?.version ?? flow.liveVersion)}
              nativeButtonAttributes={{ 'data-testid': 'publish-now' }}
            >
              {theirs ? `Keep mine: publish over version ${theirs.version}` : 'Publish'}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Refused refusal={refusal} />
        {!refusal.problem && <Warning findings={findings} />}
        {theirs ? <Theirs theirs={theirs} since={flow.liveVersion} /> : <Difference flow={flow} />}
        <FormField label="Note" description="What changes and why; it stands beside the version." errorText={note.length > NOTE_LIMIT ? `At most ${NOTE_LIMIT} characters.` : null}>
          <Input value={note} onChange={({ detail }) => setNote(detail.value)} nativeInputAttributes={{ 'data-testid': 'publish-note' }} />
        </FormField>
        {flow.liveVersion > 0 && (
          <Checkbox checked={!isLive} onChange={({ detail }) => setLive(!detail.checked)} description="It becomes a version that nobody gets until you start a canary with it.">
            Not live yet, only to be tried
          </Checkbox>
        )}
      </SpaceBetween>
    </Modal>
  );
}

interface Refusal {
  problem: string | null;
  findings: readonly Finding[];
  theirs: PublishedMeanwhile | null;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ApiError && error.isConflict && error.current) {
    return { problem: null, findings: [], theirs: { ...(error.current as Omit<PublishedMeanwhile, 'changes'>), changes: error.changes } };
  }
  return { problem: sentence(error), findings: error instanceof ApiError ? error.findings : [], theirs: null };
}

function Refused({ refusal: { problem, findings } }: { refusal: Refusal }): ReactNode {
  if (!problem) return null;
  return (
    <Alert type="error" header="It was not published">
      {problem}
      <ul className="tl-plain-list">
        {findings.map(({ block, path, message }) => (
          <li key={`${block} ${path} ${message}`}>
            {block && <strong>{block}: </strong>}
            {message} {path && <code>{path}</code>}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Warning({ findings }: { findings: readonly Finding[] }): ReactNode {
  const problems = findings.filter(({ severity }) => severity === 'PROBLEM');
  if (problems.length === 0) return null;
  return (
    <Alert type="warning" header={`The draft has ${counted(problems.length, 'problem') ?? ''}`}>
      What is listed as a problem beside the flow keeps it from being published.
    </Alert>
  );
}

function Difference({ flow }: { flow: Flow }): ReactNode {
  if (flow.liveVersion === 0) return <p className="tl-flush">This is the first version. From then on contacts can enter the flow.</p>;
  return <LiveDifference flow={flow} />;
}

function LiveDifference({ flow: { flowId, liveVersion } }: { flow: Flow }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.flows.diff(flowId, liveVersion, 'draft'), [api, flowId, liveVersion]);
  const { data, error, isLoading, reload } = useLoaded(load);
  if (isLoading) return <Loading>Comparing with what is live</Loading>;
  if (!data) return <Failed title="The draft could not be compared with what is live" reason={error ?? ''} onRetry={reload} />;
  return (
    <section>
      <h3 className="tl-section-title">What changes against version {liveVersion}</h3>
      <Changes changes={data.changes} />
    </section>
  );
}

function Theirs({ theirs, since }: { theirs: PublishedMeanwhile; since: number }): ReactNode {
  return (
    <section data-testid="publish-conflict" className="tl-theirs">
      <p className="tl-flush">
        {theirs.publishedBy ?? 'Somebody'} published version {theirs.version} on {moment(theirs.publishedAt)}
        {theirs.note ? `: “${theirs.note}”` : ''}. You started from version {since}. This is what they changed; it is lost if you publish yours over it:
      </p>
      <Changes changes={theirs.changes} />
    </section>
  );
}
