import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import type { DeskContact, ScreenPop } from '../api/types';
import { clock, secondsSince } from '../app/format';
import { useTick } from '../app/hooks';
import { Empty, Failed, Loading } from '../app/States';
import { useDesk } from './DeskProvider';
import { HoldButton } from './HoldButton';
import { TransferButton } from './TransferButton';
import { usePop } from './usePop';

/** Work without anybody on a line: what it is about, and whether it is done. */
export function TaskPanel({ contact }: { contact: DeskContact }): ReactNode {
  const { store, view } = useDesk();
  useTick(1000);
  return (
    <div className="tl-call">
      <div className="tl-secondary">
        {contact.held ? <span className="tl-held">Paused</span> : 'Open'} for{' '}
        <span className="tl-timer" role="timer" aria-label="Time on this task">
          {clock(secondsSince(contact.since, store.serverNow()))}
        </span>
      </div>
      <About contactId={contact.contactId} />
      <div className="tl-call-buttons">
        <HoldButton contact={contact} />
        <TransferButton contact={contact} />
        <Button
          variant="primary"
          loading={view.busy.has(`hangup:${contact.contactId}`)}
          disabled={view.connection !== 'open'}
          onClick={() => void store.hangUp(contact.contactId)}
          nativeButtonAttributes={{ 'data-testid': 'task-end' }}
        >
          Done
        </Button>
      </div>
    </div>
  );
}

function About({ contactId }: { contactId: string }): ReactNode {
  const { data: pop, error, isLoading, reload } = usePop(contactId);
  if (!pop && isLoading) return <Loading>Loading the task</Loading>;
  if (!pop) return <Failed title="The task could not be loaded" reason={error ?? ''} onRetry={reload} />;
  const { subject } = pop;
  if (!subject) return <Empty title="Nothing is said about it" />;
  return (
    <section data-testid="task-about">
      <h3 className="tl-call-name" dir="auto">
        {subject.name || 'Without a name'}
      </h3>
      <p className="tl-note" dir="auto">
        {subject.description || 'No description'}
      </p>
      {subject.references.length > 0 && <KeyValuePairs columns={1} items={subject.references.map((each) => ({ label: each.name, value: <Reference reference={each} /> }))} />}
    </section>
  );
}

type Reference = NonNullable<ScreenPop['subject']>['references'][number];

/** Only web addresses become links: a task may say anything. */
function Reference({ reference: { type, value } }: { reference: Reference }): ReactNode {
  if (type === 'URL' && /^https?:\/\//i.test(value)) {
    return (
      <Link href={value} external>
        {value}
      </Link>
    );
  }
  return <span dir="auto">{value || '–'}</span>;
}
