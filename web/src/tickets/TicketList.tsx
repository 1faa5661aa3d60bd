import { useCollection } from '@cloudscape-design/collection-hooks';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useCallback, useState, type ReactNode } from 'react';
import type { Ticket, TicketStatus } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { STATUSES } from './model';
import { TicketStatusBadge } from './TicketStatusBadge';

const PAGE_SIZE = 20;

const COLUMNS: TableProps.ColumnDefinition<Ticket>[] = [
  {
    id: 'subject',
    header: 'Subject',
    cell: (ticket) => (
      <span data-testid="ticket-row" data-ticket-id={ticket.ticketId} dir="auto">
        <Link href={HREF.ticket(ticket.ticketId)}>{ticket.subject || 'No subject'}</Link>
      </span>
    ),
    sortingField: 'subject',
    isRowHeader: true,
  },
  { id: 'number', header: 'Number', cell: (ticket) => ticket.ticketId, sortingField: 'ticketId', width: 150 },
  { id: 'status', header: 'Status', cell: (ticket) => <TicketStatusBadge status={ticket.status} />, sortingField: 'status', width: 190 },
  { id: 'owner', header: 'Owner', cell: (ticket) => ticket.owner ?? '–', sortingField: 'owner', width: 160 },
  { id: 'due', header: 'Due', cell: (ticket) => <Due ticket={ticket} />, sortingField: 'dueAt', width: 190 },
  { id: 'updated', header: 'Updated', cell: (ticket) => moment(ticket.updatedAt), sortingField: 'updatedAt', width: 190 },
];

const ANY = { value: '', label: 'Any status' };
const STATUS_OPTIONS = [ANY, ...STATUSES];

export function TicketList(): ReactNode {
  const { api, me } = useServices();
  const [status, setStatus] = useState<TicketStatus | ''>('open');
  const [owner, setOwner] = useState('');
  const load = useCallback(() => api.tickets({ status: status || null, owner: owner || null }), [api, status, owner]);
  const { data, error, isLoading, reload } = useLoaded(load);
  const tickets = data ?? [];
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(tickets, {
    filtering: {
      filteringFunction: (ticket, text) => `${ticket.subject} ${ticket.ticketId} ${ticket.owner ?? ''}`.toLowerCase().includes(text.toLowerCase()),
      noMatch: <Empty title="No ticket matches" />,
    },
    pagination: { pageSize: PAGE_SIZE },
    sorting: { defaultState: { sortingColumn: { sortingField: 'updatedAt' }, isDescending: true } },
  });
  if (error) return <Failed title="Tickets could not be loaded" reason={error} onRetry={reload} />;
  const owners = [
    { value: '', label: 'Any owner' },
    { value: me.username, label: 'Mine' },
  ];
  return (
    <Table
      {...collectionProps}
      variant="full-page"
      stickyHeader
      items={items}
      columnDefinitions={COLUMNS}
      trackBy="ticketId"
      loading={isLoading}
      loadingText="Loading tickets"
      empty={<Empty title="No tickets">{status ? 'None has this status.' : 'A ticket is made when an agent completes a contact.'}</Empty>}
      header={
        <Header variant="awsui-h1-sticky" counter={data ? `(${tickets.length})` : undefined} actions={<Button iconName="refresh" ariaLabel="Load again" onClick={reload} />}>
          Tickets
        </Header>
      }
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <TextFilter {...filterProps} filteringPlaceholder="Find by subject or number" countText={`${filteredItemsCount ?? 0} found`} />
          <Select
            data-testid="ticket-filter-status"
            ariaLabel="Status"
            options={STATUS_OPTIONS}
            selectedOption={STATUS_OPTIONS.find(({ value }) => value === status) ?? ANY}
            onChange={({ detail }) => setStatus(detail.selectedOption.value as TicketStatus | '')}
          />
          <Select
            ariaLabel="Owner"
            options={owners}
            selectedOption={owners.find(({ value }) => value === owner) ?? null}
            onChange={({ detail }) => setOwner(detail.selectedOption.value ?? '')}
          />
        </SpaceBetween>
      }
      pagination={<Pagination {...paginationProps} />}
    />
  );
}

function Due({ ticket }: { ticket: Ticket }): ReactNode {
  if (!ticket.dueAt) return '–';
  const isLate = Date.parse(ticket.dueAt) < Date.now() && (ticket.status === 'open' || ticket.status === 'follow-up');
  return <span className={isLate ? 'tl-error' : undefined}>{moment(ticket.dueAt)}</span>;
}
