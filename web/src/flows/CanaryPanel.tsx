import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { CanaryStanding } from '../api/flows';
import type { Canary, Flow } from '../api/types';
import { length, moment } from '../app/format';
import { useLoaded, useWatched } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { canaryProblems, canaryWish, EMPTY_CANARY, errorShare, percent, trialOf, type CanaryForm } from './model';

interface Props {
  flow: Flow;
  mayEdit: boolean;
  onDone: (text: string, flow?: Flow) => void;
}

const AGAIN_MS = 5_000;

/** A version for some of the new contacts, counted beside the live one, taken back by itself when it fails. */
export function CanaryPanel(props: Props): ReactNode {
  const { flow, mayEdit } = props;
  if (trialOf(flow)) return <Running {...props} />;
  return (
    <SpaceBetween size="l">
      {flow.canary?.end && <Ended canary={flow.canary} />}
      {mayEdit ? <Start {...props} /> : <Empty title="No canary runs">An admin can try a version on some of the new contacts.</Empty>}
    </SpaceBetween>
  );
}

const OUTCOMES: Record<NonNullable<Canary['end']>['outcome'], string> = {
  FAILED: 'was taken back by itself',
  PROMOTED: 'was made live',
  REMOVED: 'was ended',
  SUPERSEDED: 'ended because another version became live',
};

function Ended({ canary: { version, end } }: { canary: Canary }): ReactNode {
  if (!end) return null;
  return (
    <Alert type={end.outcome === 'FAILED' ? 'error' : 'info'} header={`The last canary, version ${version}, ${OUTCOMES[end.outcome]} ${moment(end.at)}`}>
      {end.why}
    </Alert>
  );
}

function Running({ flow, mayEdit, onDone }: Props): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.flows.canary(flow.flowId), [api, flow.flowId]);
  const { data, error, reload } = useWatched(load, AGAIN_MS);
  const hasEnded = data?.isRunning === false;
  const why = data?.canary.end?.why ?? 'another version became live';
  useEffect(() => {
    if (hasEnded) onDone(`The canary has ended: ${why}`);
  }, [hasEnded, why, onDone]);
  if (!data) return error ? <Failed title="The canary could not be loaded" reason={error} onRetry={reload} /> : <Loading>Loading the canary</Loading>;
  return (
    <Container header={<RunningHeader flow={flow} canary={data.canary} mayEdit={mayEdit} onDone={onDone} />}>
      <SpaceBetween size="m">
        <Counts standing={data} />
        <p className="tl-secondary tl-flush">
          It is taken back by itself when, within {length(data.canary.windowSeconds)}, at least {data.canary.minimumContacts} contacts began it and more than {percent(data.canary.errorRate)} of them
          ran into an error. What customers do, such as pressing no key, is no error.
        </p>
      </SpaceBetween>
    </Container>
  );
}

function RunningHeader({ flow, canary, mayEdit, onDone }: Props & { canary: Canary }): ReactNode {
  const { api } = useServices();
  const [problem, setProblem] = useState<string | null>(null);
  const act = (what: Promise<CanaryStanding>, done: string): void => {
    setProblem(null);
    what.then(() => onDone(done), (error: unknown) => setProblem(sentence(error)));
  };
  return (
    <Header
      variant="h2"
      description={problem ? <span className="tl-error" role="alert">{problem}</span> : `Since ${moment(canary.startedAt)}, by ${canary.startedBy || 'somebody'}`}
      actions={
        mayEdit && (
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => act(api.flows.endCanary(flow.flowId), `The canary is over. Everybody who comes gets version ${flow.liveVersion}.`)} nativeButtonAttributes={{ 'data-testid': 'canary-end' }}>
              End
            </Button>
            <Button variant="primary" onClick={() => act(api.flows.promoteCanary(flow.flowId), `Version ${canary.version} is live for everybody who comes.`)} nativeButtonAttributes={{ 'data-testid': 'canary-promote' }}>
              Make it live
            </Button>
          </SpaceBetween>
        )
      }
    >
      {canary.percent} % of new contacts get version {canary.version}
    </Header>
  );
}

function Counts({ standing: { canary, versions } }: { standing: CanaryStanding }): ReactNode {
  return (
    <table className="tl-numbers" data-testid="canary-counts">
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Contacts</th>
          <th scope="col">Ran into an error</th>
          <th scope="col">In the last {length(canary.windowSeconds)}</th>
        </tr>
      </thead>
      <tbody>
        {versions.map(({ version, recently, overall }) => (
          <tr key={version}>
            <th scope="row">
              {version} <span className="tl-secondary">{version === canary.version ? 'Canary' : 'Live'}</span>
            </th>
            <td>{overall.contacts}</td>
            <td>{errorShare(overall)}</td>
            <td>{errorShare(recently)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Start({ flow, onDone }: Props): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.flows.versions(flow.flowId), [api, flow.flowId]);
  const { data, error, reload } = useLoaded(load);
  const [form, setForm] = useState<CanaryForm>(EMPTY_CANARY);
  const [hasTried, setTried] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (error) return <Failed title="The versions could not be loaded" reason={error} onRetry={reload} />;
  const others = (data ?? []).filter(({ isLive }) => !isLive);
  const problems = hasTried ? canaryProblems(form) : {};
  const start = (): void => {
    setTried(true);
    if (Object.keys(canaryProblems(form)).length > 0) return;
    setBusy(true);
    setProblem(null);
    api.flows
      .startCanary(flow.flowId, canaryWish(form))
      .then(
        () => onDone(`${form.percent} % of the new contacts get version ${form.version} from now on.`),
        (reason: unknown) => setProblem(sentence(reason)),
      )
      .finally(() => setBusy(false));
  };
  if (data && others.length === 0) return <Empty title="There is no other version to try">A canary is a version beside the live one. Publish a draft as “not live yet”, then give it to some of the new contacts here.</Empty>;
  const field = (name: Exclude<keyof CanaryForm, 'version'>, label: string, description: string): ReactNode => (
    <FormField label={label} description={description} errorText={problems[name]}>
      <Input type="number" inputMode="decimal" value={form[name]} onChange={({ detail }) => setForm({ ...form, [name]: detail.value })} nativeInputAttributes={{ 'data-testid': `canary-${name}` }} />
    </FormField>
  );
  return (
    <Container header={<Header variant="h2" description="Some of the new contacts get another version; both are counted, and the canary is taken back by itself when it fails.">Start a canary</Header>}>
      <SpaceBetween size="m">
        {problem && <Alert type="error">{problem}</Alert>}
        <div className="tl-canary-form">
          <FormField label="Version" description="Live for all the others stays what it is." errorText={problems.version}>
            <Select
              data-testid="canary-version"
              placeholder="Choose"
              selectedOption={form.version ? { value: form.version, label: `Version ${form.version}` } : null}
              options={others.map(({ version, note }) => ({ value: String(version), label: `Version ${version}`, ...(note ? { description: note } : {}) }))}
              onChange={({ detail }) => setForm({ ...form, version: detail.selectedOption.value ?? '' })}
            />
          </FormField>
          {field('percent', 'Share of new contacts, in %', 'The same contact always gets the same version.')}
          {field('errorPercent', 'Errors allowed, in %', 'More than that, and it is taken back.')}
          {field('windowMinutes', 'Counted within, in minutes', 'Older errors are forgotten.')}
          {field('minimumContacts', 'Contacts before judging', 'So that the first one does not decide.')}
        </div>
        <Button variant="primary" loading={isBusy} onClick={start} nativeButtonAttributes={{ 'data-testid': 'canary-start' }}>
          Start
        </Button>
      </SpaceBetween>
    </Container>
  );
}
