import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCallback, useState, type ReactNode } from 'react';
import type { Reconciliation } from '../api/reports';
import { sentence } from '../api/errors';
import { moment } from '../app/format';
import { useWatched } from '../app/hooks';
import { useServices } from '../app/services';
import { countedText, LACKS, openOf } from './completeness';

const AGAIN_MS = 3_000;

/** When the look before was, if there was one. */
interface Asked {
  since: string | null;
}

const isAwaited = (asked: Asked | null, found: Reconciliation | null | undefined): boolean => asked !== null && asked.since === (found?.at ?? null);

/** Whether every contact of a day has its record and every record its audio, as found in the night after it. */
export function Completeness({ day }: { day: string }): ReactNode {
  const { api } = useServices();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const load = useCallback(async () => ({ found: await api.reports.reconciliation(day) }), [api, day]);
  const pace = useCallback((data: { found: Reconciliation | null } | null) => (isAwaited(asked, data?.found) ? AGAIN_MS : null), [asked]);
  const { data, error } = useWatched(load, pace);
  const found = data?.found ?? null;
  const look = (): void => {
    setProblem(null);
    api.reports.reconcile(day).then(
      () => setAsked({ since: found?.at ?? null }),
      (refusal: unknown) => setProblem(sentence(refusal)),
    );
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Looked at in the night after the day: each contact has its record, each record its audio."
          actions={
            <Button loading={isAwaited(asked, found)} onClick={look} nativeButtonAttributes={{ 'data-testid': 'completeness-look' }}>
              Look again
            </Button>
          }
        >
          Completeness
        </Header>
      }
    >
      <SpaceBetween size="s">
        {problem && <Alert type="error">{problem}</Alert>}
        <div data-testid="completeness">{data ? <Found found={found} /> : (error ?? 'Looking it up …')}</div>
      </SpaceBetween>
    </Container>
  );
}

function Found({ found }: { found: Reconciliation | null }): ReactNode {
  if (!found) return <StatusIndicator type="pending">Nobody has looked yet</StatusIndicator>;
  const open = openOf(found);
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={open.length ? 'warning' : 'success'}>{open.length ? `${open.length.toLocaleString('en')} missing` : 'Nothing is missing'}</StatusIndicator>
      <span>{countedText(found)}</span>
      {open.length > 0 && (
        <ul className="tl-plain-list">
          {open.map(({ lack, contactId, segment }) => (
            <li key={`${lack} ${contactId} ${segment ?? ''}`}>
              {LACKS[lack]}: <span className="tl-hash">{[contactId, segment].filter(Boolean).join(', ')}</span>
            </li>
          ))}
        </ul>
      )}
      <span className="tl-secondary">Looked at {moment(found.at)}.</span>
    </SpaceBetween>
  );
}
