import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useCallback, useState, type ReactNode } from 'react';
import type { Fact } from '../api/types';
import { exactTime, moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { EMPTY_CHAT, lines, loaded } from '../desk/chat';
import { Recording } from '../desk/Recording';
import { isChat, recordingsOf, story, type Step } from './model';

/** Why a contact went where it went: every fact in order, its recordings and what was said. */
export function ContactPage({ contactId }: { contactId: string }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.explain(contactId), [api, contactId]);
  const { data, error, isLoading, reload } = useLoaded(load);
  if (!data && isLoading) return <Loading>Loading the contact</Loading>;
  if (!data) return <Failed title="The contact could not be loaded" reason={error ?? ''} onRetry={reload} />;
  const began = data.facts[0]?.at ?? null;
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={<CopyToClipboard variant="inline" copyButtonAriaLabel="Copy contact id" textToCopy={contactId} copySuccessText="Contact id copied" copyErrorText="Not copied" />}
          actions={<Button iconName="refresh" ariaLabel="Load again" onClick={reload} />}
        >
          Contact of {moment(began)}
        </Header>
      }
    >
      <div className="tl-two-columns">
        <Timeline facts={data.facts} />
        <SpaceBetween size="l">
          <Recordings contactId={contactId} facts={data.facts} />
          {isChat(data.facts) && <Transcript contactId={contactId} />}
        </SpaceBetween>
      </div>
    </ContentLayout>
  );
}

function Timeline({ facts }: { facts: Fact[] }): ReactNode {
  const [hasBlocks, setBlocks] = useState(true);
  const steps = story(facts).filter((step) => hasBlocks || step.tone !== 'flow');
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${steps.length})`}
          actions={
            <Toggle checked={hasBlocks} onChange={({ detail }) => setBlocks(detail.checked)}>
              Show flow blocks
            </Toggle>
          }
        >
          What happened
        </Header>
      }
    >
      {steps.length === 0 && <Empty title="Nothing is known about this contact yet" />}
      <ol className="tl-timeline">
        {steps.map((step) => (
          <TimelineStep key={step.seq} step={step} />
        ))}
      </ol>
    </Container>
  );
}

function TimelineStep({ step }: { step: Step }): ReactNode {
  return (
    <li className={`tl-step tl-step-${step.tone}`} data-testid="explain-step">
      <time dateTime={step.at}>{exactTime(step.at)}</time>
      <div>
        <div className="tl-step-title">
          {step.title} {step.detail && step.detail !== '–' && <span className="tl-secondary">{step.detail}</span>}
        </div>
        {step.pairs.length > 0 && (
          <dl className="tl-pairs">
            {step.pairs.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}

function Recordings({ contactId, facts }: { contactId: string; facts: Fact[] }): ReactNode {
  const recordings = recordingsOf(facts);
  return (
    <Container header={<Header variant="h2">Recordings</Header>}>
      {recordings.length === 0 && <Empty title="No recordings" />}
      <SpaceBetween size="xs">
        {recordings.map((recording) => (
          <Recording key={recording.segment} contactId={contactId} {...recording} />
        ))}
      </SpaceBetween>
    </Container>
  );
}

function Transcript({ contactId }: { contactId: string }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.transcript(contactId), [api, contactId]);
  const { data, error, isLoading, reload } = useLoaded(load);
  const all = lines(loaded(EMPTY_CHAT, data ?? []));
  return (
    <Container header={<Header variant="h2">Transcript</Header>}>
      {isLoading && <Loading>Loading the transcript</Loading>}
      {error && <Failed title="The transcript could not be loaded" reason={error} onRetry={reload} />}
      {data && all.length === 0 && <Empty title="Nothing was said" />}
      <ul className="tl-rows">
        {all.map((line) => (
          <li key={line.id}>
            <div className="tl-secondary">
              {line.kind === 'message' ? `${line.name} · ` : ''}
              {exactTime(line.at)}
            </div>
            <div className="tl-note" dir="auto">
              {line.text}
            </div>
          </li>
        ))}
      </ul>
    </Container>
  );
}
