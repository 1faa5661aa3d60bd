import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { useCallback, type ReactNode } from 'react';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { TicketStatusBadge } from '../tickets/TicketStatusBadge';

/** All tickets of a customer and of whoever was merged into it, the newest first. */
export function CustomerTickets({ customerId }: { customerId: string }): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.tickets({ customerId }), [api, customerId]);
  const { data, error, reload } = useLoaded(load);
  return (
    <Container header={<Header variant="h2" counter={data ? `(${data.length})` : undefined}>Tickets</Header>}>
      {!data && !error && <Loading>Loading tickets</Loading>}
      {error && <Failed title="Tickets could not be loaded" reason={error} onRetry={reload} />}
      {data?.length === 0 && <Empty title="No tickets" />}
      <ul className="tl-rows" data-testid="customer-tickets">
        {(data ?? []).map((ticket) => (
          <li key={ticket.ticketId}>
            <div className="tl-row-main">
              <Link href={HREF.ticket(ticket.ticketId)}>
                <bdi>{ticket.subject || 'No subject'}</bdi>
              </Link>
              <TicketStatusBadge status={ticket.status} />
            </div>
            <div className="tl-secondary">
              {ticket.ticketId} · {ticket.owner ?? 'no owner'} · {moment(ticket.updatedAt)}
            </div>
          </li>
        ))}
      </ul>
    </Container>
  );
}
