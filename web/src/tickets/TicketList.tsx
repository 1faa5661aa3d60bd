import { useCollection } from '@cloudscape-design/collection-hooks';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import type { Ticket } from '../api/types';
import { moment } from '../app/format';
import { useLoaded, useTick } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { BulkDialog } from './BulkDialog';
import { byDue, dueLook, worstPromise } from './due';
import { FilterBar } from './FilterBar';
import { EVERYTHING_OPEN, fits, MOST_LISTED, questionsOf, SavedFilters, type Filter } from './filters';
import { TicketStatusBadge } from './TicketStatusBadge';

const PAGE_SIZE = 20;
const LOOKS_AGAIN_MS = 30_000; // at the clock, not at the server

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
    minWidth: 200,
  },
  { id: 'number', header: 'Number', cell: (ticket) => ticket.ticketId, sortingField: 'ticketId', width: 150 },
  { id: 'status', header: 'Status', cell: (ticket) => <TicketStatusBadge status={ticket.status} />, sortingField: 'status', width: 180 },
  { id: 'owner', header: 'Owner', cell: (ticket) => ticket.owner ?? '–', sortingField: 'owner', width: 130 },
  { id: 'due', header: 'Due', cell: (ticket) => <Due ticket={ticket} />, sortingComparator: byDue, width: 190 },
  { id: 'promise', header: 'Promised', cell: (ticket) => <Promised ticket={ticket} />, width: 220 },
  { id: 'updated', header: 'Updated', cell: (ticket) => moment(ticket.updatedAt), sortingField: 'updatedAt', width: 180 },
];
const [BY_DUE, BY_UPDATE] = [COLUMNS[4], COLUMNS[6]];

/** Who shares the list with me; without an answer, I alone. */
function useTeam(): { username: string; name: string }[] {
  const { api, me } = useServices();
  const { data } = useLoaded(api.team);
  return useMemo(() => data ?? [{ username: me.username, name: me.name }], [data, me]);
}

export function TicketList(): ReactNode {
  const { me } = useServices();
  const [filter, setFilter] = useState<Filter>(EVERYTHING_OPEN);
  const [moving, setMoving] = useState<readonly Ticket[]>([]);
  const team = useTeam();
  const saved = useMemo(() => new SavedFilters(localStorage, me.username), [me.username]);
  const { data, error, isLoading, reload } = useTickets(filter);
  useTick(LOOKS_AGAIN_MS);
  const around = { me: me.username, team: new Set(team.map(({ username }) => username)), now: Date.now() };
  const tickets = (data?.tickets ?? []).filter((ticket) => fits(ticket, filter, around));
  if (error) return <Failed title="Tickets could not be loaded" reason={error} onRetry={reload} />;
  return (
    <ContentLayout header={<Header variant="h1">Tickets</Header>}>
      <SpaceBetween size="m">
        <FilterBar filter={filter} onChange={setFilter} team={team} saved={saved} found={tickets.length} />
        {data?.isCut && <Alert type="warning">{`Only the newest ${MOST_LISTED.toLocaleString('en')} were looked through. Choose an owner or a status to see older ones.`}</Alert>}
        <TicketTable
          // Another filter is another list: its own order, and nothing out of sight stays selected.
          key={`${filter.due} ${filter.whose} ${filter.state} ${filter.owner}`}
          tickets={tickets}
          isByDue={filter.due !== 'whenever'}
          isLoading={isLoading}
          onReload={reload}
          onMove={setMoving}
        />
      </SpaceBetween>
      {moving.length > 0 && (
        <BulkDialog
          tickets={moving}
          team={team}
          onClose={(outcomes) => {
            setMoving([]);
            if (outcomes.length > 0) reload();
          }}
        />
      )}
    </ContentLayout>
  );
}

/** The lists of all statuses that are wanted; `isCut`: there are more than the server tells at once. */
function useTickets({ whose, owner, state }: Filter) {
  const { api, me } = useServices();
  const load = useCallback(async () => {
    const questions = questionsOf({ ...EVERYTHING_OPEN, whose, owner, state }, me.username);
    const answers = await Promise.all(questions.map(api.tickets));
    return { tickets: answers.flat(), isCut: answers.some((answer) => answer.length >= MOST_LISTED) };
  }, [api, me.username, whose, owner, state]);
  return useLoaded(load);
}

interface TicketTableProps {
  tickets: readonly Ticket[];
  isByDue: boolean;
  isLoading: boolean;
  onReload: () => void;
  onMove: (tickets: readonly Ticket[]) => void;
}

function TicketTable({ tickets, isByDue, isLoading, onReload, onMove }: TicketTableProps): ReactNode {
  const sortingColumn = (isByDue ? BY_DUE : BY_UPDATE) ?? {};
  const { items, collectionProps, paginationProps } = useCollection(tickets, {
    pagination: { pageSize: PAGE_SIZE },
    sorting: { defaultState: { sortingColumn, isDescending: !isByDue } },
    selection: { keepSelection: true, trackBy: 'ticketId' },
  });
  const shown = new Set(tickets.map(({ ticketId }) => ticketId));
  const selected = (collectionProps.selectedItems ?? []).filter(({ ticketId }) => shown.has(ticketId));
  return (
    <Table
      {...collectionProps}
      selectedItems={selected}
      variant="container"
      enableKeyboardNavigation
      selectionType="multi"
      items={items}
      columnDefinitions={COLUMNS}
      trackBy="ticketId"
      loading={isLoading}
      loadingText="Loading tickets"
      ariaLabels={{
        tableLabel: 'Tickets',
        selectionGroupLabel: 'Tickets to move',
        allItemsSelectionLabel: () => 'Select all on this page',
        itemSelectionLabel: (_, ticket) => `Select ${ticket.ticketId}`,
      }}
      empty={<Empty title="No tickets">None is of this kind. A ticket is made when an agent completes a contact.</Empty>}
      header={
        <Header
          variant="h2"
          counter={isLoading ? undefined : selected.length > 0 ? `(${selected.length}/${tickets.length})` : `(${tickets.length})`}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel="Load again" onClick={onReload} />
              <Button disabled={selected.length === 0} onClick={() => onMove(selected)} nativeButtonAttributes={{ 'data-testid': 'ticket-move' }}>
                Move what is selected
              </Button>
            </SpaceBetween>
          }
        >
          Found
        </Header>
      }
      pagination={<Pagination {...paginationProps} />}
    />
  );
}

function Due({ ticket }: { ticket: Ticket }): ReactNode {
  const look = dueLook(ticket, Date.now());
  if (!look) return moment(ticket.dueAt);
  return (
    <>
      {moment(ticket.dueAt)}
      <div>
        <StatusIndicator type={look.look}>{look.text}</StatusIndicator>
      </div>
    </>
  );
}

function Promised({ ticket }: { ticket: Ticket }): ReactNode {
  const worst = worstPromise(ticket, Date.now());
  return worst ? <StatusIndicator type={worst.look}>{worst.text}</StatusIndicator> : '–';
}
