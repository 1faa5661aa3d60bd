import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Icon from '@cloudscape-design/components/icon';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { DeskContact, PastContact, ScreenPop } from '../api/types';
import { initials, length, moment } from '../app/format';
import { HREF } from '../app/routes';
import { Failed, Loading } from '../app/States';
import { TicketStatusBadge } from '../tickets/TicketStatusBadge';
import { useDesk } from './DeskProvider';
import { CHANNELS } from './model';
import { Recording } from './Recording';
import { usePop } from './usePop';

/** Who is calling and what was before: shown with the offer and throughout the contact. */
export function PopPanel({ contact }: { contact: DeskContact }): ReactNode {
  const { data: pop, error, isLoading, reload } = usePop(contact.contactId);
  if (!pop && isLoading) return <Loading>Looking up the customer</Loading>;
  if (!pop) return <Failed title="The customer could not be looked up" reason={error ?? ''} onRetry={reload} />;
  return (
    <SpaceBetween size="l">
      <Who pop={pop} contact={contact} />
      <Candidates pop={pop} />
      <ThisContact pop={pop} />
      <Tickets pop={pop} />
      <History pop={pop} onRetry={reload} />
    </SpaceBetween>
  );
}

function Who({ pop, contact }: { pop: ScreenPop; contact: DeskContact }): ReactNode {
  const { customer } = pop;
  const name = customer?.name ?? contact.customerName;
  const [first, ...others] = waysToReach(pop);
  return (
    <section className="tl-pop-who" data-testid="pop-customer">
      <span className="tl-avatar tl-avatar-small">{initials(name ?? '')}</span>
      <div>
        <div className="tl-pop-name" dir="auto">
          {customer ? <Link href={HREF.customer(customer.customerId)}>{name ?? 'Customer without a name'}</Link> : (name ?? 'Unknown customer')}
        </div>
        <div className="tl-secondary">{[language(customer?.language), first].filter(Boolean).join(' · ')}</div>
        {others.map((way) => (
          <div key={way} className="tl-secondary">
            {way}
          </div>
        ))}
      </div>
    </section>
  );
}

/** Numbers and addresses, the one of this contact first. */
function waysToReach({ channel, customer, customerEndpoint }: ScreenPop): string[] {
  const known = customer ? [...customer.phones, ...customer.emails] : [];
  const nothing = channel === 'VOICE' ? 'Number withheld' : 'No number given';
  const ways = customerEndpoint ? [customerEndpoint, ...known] : known;
  return ways.length ? [...new Set(ways)] : [nothing];
}

function Candidates({ pop }: { pop: ScreenPop }): ReactNode {
  if (pop.candidates.length === 0) return null;
  return (
    <Alert type="info" header={`${pop.candidates.length} customers share this number`}>
      Ask who is calling. None was chosen:
      <ul className="tl-plain-list">
        {pop.candidates.map(({ customerId, name }) => (
          <li key={customerId} dir="auto">
            <Link href={HREF.customer(customerId)}>{name ?? customerId}</Link>
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function ThisContact({ pop }: { pop: ScreenPop }): ReactNode {
  const attributes = Object.entries(pop.attributes);
  return (
    <section>
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Queue', value: pop.queue?.name ?? '–' },
          { label: 'Waited', value: length(pop.waitSeconds) },
        ]}
      />
      {attributes.length > 0 && (
        <details className="tl-details">
          <summary>What the flow found out ({attributes.length})</summary>
          <KeyValuePairs columns={2} items={attributes.map(([label, value]) => ({ label, value: <span dir="auto">{value}</span> }))} />
        </details>
      )}
    </section>
  );
}

function Tickets({ pop }: { pop: ScreenPop }): ReactNode {
  return (
    <section>
      <h3 className="tl-section-title">Open tickets</h3>
      {pop.tickets.length === 0 && <div className="tl-secondary">None</div>}
      <ul className="tl-rows">
        {pop.tickets.map((ticket) => (
          <li key={ticket.ticketId}>
            <div className="tl-row-main">
              <Link href={HREF.ticket(ticket.ticketId)}>{ticket.subject}</Link>
              <TicketStatusBadge status={ticket.status} />
            </div>
            <div className="tl-secondary">
              {ticket.ticketId} · {ticket.owner ?? 'no owner'} · {moment(ticket.updatedAt)}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function History({ pop, onRetry }: { pop: ScreenPop; onRetry: () => void }): ReactNode {
  return (
    <section>
      <h3 className="tl-section-title">Earlier contacts</h3>
      {pop.historyState === 'unavailable' && (
        <Alert type="warning" header="History unavailable" action={<Button onClick={onRetry}>Try again</Button>}>
          The customer's history cannot be read just now. The contact itself is not affected.
        </Alert>
      )}
      {pop.historyState === 'ready' && pop.history.length === 0 && <div className="tl-secondary">{pop.customer ? 'None: this is the first one.' : 'None known, since the customer is not.'}</div>}
      <ul className="tl-rows">
        {pop.history.map((past) => (
          <li key={past.contactId}>
            <Past past={past} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Past({ past }: { past: PastContact }): ReactNode {
  const { store } = useDesk();
  const outcome = store.setup.dispositions.find(({ id }) => id === past.disposition)?.label ?? past.disposition;
  const what = [past.queueName, past.agentName, past.durationSeconds === null ? null : length(past.durationSeconds)];
  return (
    <>
      <div className="tl-row-main">
        <span>
          <Icon name={CHANNELS[past.channel].icon} size="small" variant="subtle" /> <Link href={HREF.contact(past.contactId)}>{moment(past.initiatedAt)}</Link>
        </span>
        {outcome && <span className="tl-tag">{outcome}</span>}
      </div>
      <div className="tl-secondary">{what.filter(Boolean).join(' · ')}</div>
      {past.recordings.length > 0 && (
        <div className="tl-recordings">
          {past.recordings.map((recording) => (
            <Recording key={recording.segment} contactId={past.contactId} {...recording} />
          ))}
        </div>
      )}
    </>
  );
}

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language' });

function language(code: string | null | undefined): string | null {
  if (!code) return null;
  try {
    return LANGUAGES.of(code) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}
