import { useCollection } from '@cloudscape-design/collection-hooks';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState, type ReactNode } from 'react';
import type { AgentNow } from '../api/live';
import type { AgentStatusChoice } from '../api/types';
import { clock, secondsSince } from '../app/format';
import { Empty } from '../app/States';
import { contactText, doingSince, lookOf, matching, statusText } from './model';

const PAGE_SIZE = 25;

interface Props {
  agents: readonly AgentNow[];
  statuses: readonly AgentStatusChoice[];
  now: number;
  onSet: (agent: AgentNow, status: AgentStatusChoice) => void;
}

/** Everybody who signed in, with what they do. */
export function AgentTable({ agents, statuses, now, onSet }: Props): ReactNode {
  const [text, setText] = useState('');
  const found = matching(agents, text);
  const { items, collectionProps, paginationProps } = useCollection(found, { sorting: {}, pagination: { pageSize: PAGE_SIZE } });
  const columns: TableProps.ColumnDefinition<AgentNow>[] = [
    ...COLUMNS,
    { id: 'since', header: 'For', cell: (agent) => <span className="tl-timer">{clock(secondsSince(doingSince(agent), now))}</span>, sortingComparator: (a, b) => doingSince(a).localeCompare(doingSince(b)), width: 90 },
    { id: 'contacts', header: 'Contacts in hand', cell: (agent) => <Contacts agent={agent} now={now} />, minWidth: 240 },
    { id: 'status', header: 'Status', cell: statusText, sortingField: 'status', width: 190 },
    { id: 'profile', header: 'Routing profile', cell: ({ routingProfile }) => routingProfile.name ?? routingProfile.id, width: 160 },
    { id: 'missed', header: 'Missed in a row', cell: ({ missedInRow }) => missedInRow || '–', sortingField: 'missedInRow', width: 140 },
    { id: 'set', header: 'Set', cell: (agent) => <StatusMenu agent={agent} statuses={statuses} onSet={onSet} />, width: 150 },
  ];
  return (
    <Table
      {...collectionProps}
      variant="container"
      items={items}
      columnDefinitions={columns}
      trackBy="agentId"
      wrapLines
      ariaLabels={{ tableLabel: 'Agents' }}
      header={<Header counter={`(${agents.length})`}>Agents</Header>}
      filter={<TextFilter filteringText={text} filteringPlaceholder="Find by name or by what they do" filteringAriaLabel="Find agents" countText={`${found.length} found`} onChange={({ detail }) => setText(detail.filteringText)} />}
      pagination={found.length > PAGE_SIZE && <Pagination {...paginationProps} />}
      empty={agents.length ? <Empty title="Nobody matches">Look for other words.</Empty> : <Empty title="Nobody is signed in">Agents are seen here as soon as they open their desk.</Empty>}
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<AgentNow>[] = [
  {
    id: 'name',
    header: 'Agent',
    cell: ({ agentId, name, username }) => (
      <span data-testid="live-agent" data-agent={agentId} dir="auto">
        {name} <span className="tl-secondary">{username}</span>
      </span>
    ),
    isRowHeader: true,
    sortingField: 'name',
    minWidth: 180,
  },
  { id: 'activity', header: 'Activity', cell: ({ activity }) => <StatusIndicator type={lookOf(activity)}>{activity}</StatusIndicator>, sortingField: 'activity', width: 190 },
];

function Contacts({ agent, now }: { agent: AgentNow; now: number }): ReactNode {
  if (agent.contacts.length === 0) return <span className="tl-secondary">–</span>;
  return (
    <ul className="tl-plain-list">
      {agent.contacts.map((contact) => (
        <li key={contact.contactId}>
          <span dir="auto">{contactText(contact)}</span> <span className="tl-timer">{clock(secondsSince(contact.since, now))}</span>
        </li>
      ))}
    </ul>
  );
}

function StatusMenu({ agent, statuses, onSet }: Pick<Props, 'statuses' | 'onSet'> & { agent: AgentNow }): ReactNode {
  return (
    <ButtonDropdown
      data-testid={`set-status-${agent.username}`}
      expandToViewport
      ariaLabel={`Set the status of ${agent.name}`}
      items={statuses.map(({ name }) => ({ id: name, text: name }))}
      onItemClick={({ detail }) => {
        const status = statuses.find(({ name }) => name === detail.id);
        if (status) onSet(agent, status);
      }}
    >
      Status
    </ButtonDropdown>
  );
}
