import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Icon from '@cloudscape-design/components/icon';
import Link from '@cloudscape-design/components/link';
import { useState, type ReactNode } from 'react';
import type { PastContact } from '../api/types';
import { length, moment } from '../app/format';
import { HREF } from '../app/routes';
import { Empty } from '../app/States';
import { CHANNELS } from '../desk/model';
import { Recording } from '../desk/Recording';

const AT_FIRST = 20;

/** Every contact of a customer, the newest first, with its recordings. */
export function History({ history }: { history: readonly PastContact[] }): ReactNode {
  const [most, setMost] = useState(AT_FIRST);
  return (
    <Container header={<Header variant="h2" counter={`(${history.length})`}>Contacts</Header>}>
      {history.length === 0 && <Empty title="No contacts yet" />}
      <ul className="tl-rows" data-testid="customer-history">
        {history.slice(0, most).map((past) => (
          <li key={past.contactId}>
            <Past past={past} />
          </li>
        ))}
      </ul>
      {history.length > most && <Button onClick={() => setMost(most + AT_FIRST * 5)}>Show older contacts</Button>}
    </Container>
  );
}

function Past({ past: { contactId, channel, initiatedAt, queueName, agentName, disposition, durationSeconds, recordings } }: { past: PastContact }): ReactNode {
  const what = [queueName, agentName, durationSeconds === null ? null : length(durationSeconds)];
  return (
    <>
      <div className="tl-row-main">
        <span>
          <Icon name={CHANNELS[channel].icon} size="small" variant="subtle" /> <Link href={HREF.contact(contactId)}>{moment(initiatedAt)}</Link>
        </span>
        {disposition && <span className="tl-tag">{disposition}</span>}
      </div>
      <div className="tl-secondary">{what.filter(Boolean).join(' · ')}</div>
      {recordings.length > 0 && (
        <div className="tl-recordings">
          {recordings.map((recording) => (
            <Recording key={recording.segment} contactId={contactId} {...recording} />
          ))}
        </div>
      )}
    </>
  );
}
