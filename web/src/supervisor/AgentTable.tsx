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
import { besides, contactText, doingSince, lookOf, matching } from './model';

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
    { id: 'since', header: 'For', cell: (agent) => <span className="tl-timer">{clock(secondsSince(doingSince(agent), now))}</span>, sortingComparator: (a, b) => doingSince(a).localeCompare(doingSince(b)), width: 100 },
    { id: 'contacts', header: 'Contacts in hand', cell: (agent) => <Contacts agent={agent} now={now} />, minWidth: 260 },
    { id: 'profile', header: 'Routing profile', cell: ({ routingProfile }) => routingProfile.name ?? routingProfile.id, width: 170 },
    { id: 'set', header: 'Status', cell: (agent) => <StatusMenu agent={agent} statuses={statuses} onSet={onSet} />, width: 170 },
  ];
  return (
    <Table
      {...collectionProps}
      variant="container"
      contentDensity="compact"
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
  { id: 'activity', header: 'Activity', cell: (agent) => <Activity agent={agent} />, sortingField: 'activity', minWidth: 210 },
];

function Activity({ agent }: { agent: AgentNow }): ReactNode {
  const more = besides(agent);
  return (
    <>
      <StatusIndicator type={lookOf(agent.activity)}>{agent.activity}</StatusIndicator>
      {more && <div className="tl-secondary">{more}</div>}
    </>
  );
}

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
    <span className="tl-nowrap">
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
        Set status
      </ButtonDropdown>
    </span>
  );
}
