import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import Toggle from '@cloudscape-design/components/toggle';
import { useState, type ReactNode } from 'react';
import type { LineNow } from '../api/live';
import { HREF } from '../app/routes';
import { Empty } from '../app/States';
import { channelName, estimateText, isQuiet, oldestText, scheduledText, trouble, waitingText } from './model';

/** Every queue on every channel that somebody serves, or where somebody waits; the quiet ones when they are wished for. */
export function QueueTable({ lines, sinceSeconds }: { lines: readonly LineNow[]; sinceSeconds: number }): ReactNode {
  const [isAll, setAll] = useState(false);
  const busy = lines.filter((line) => !isQuiet(line));
  const { items, collectionProps } = useCollection(isAll ? lines : busy, { sorting: {} });
  return (
    <Table
      {...collectionProps}
      variant="container"
      contentDensity="compact"
      items={items}
      columnDefinitions={columns(sinceSeconds)}
      trackBy={keyOf}
      wrapLines
      ariaLabels={{ tableLabel: 'Queues' }}
      header={
        <Header
          counter={`(${items.length})`}
          actions={
            <Toggle checked={isAll} onChange={({ detail }) => setAll(detail.checked)} data-testid="live-quiet">
              {`Quiet ones too (${lines.length - busy.length})`}
            </Toggle>
          }
        >
          Queues
        </Header>
      }
      empty={lines.length ? <Empty title="All is quiet">Nobody waits, and nobody is to be called back.</Empty> : <Empty title="No queue is served">Queues are seen here as soon as a routing profile serves them.</Empty>}
    />
  );
}

function keyOf({ queueId, channel }: LineNow): string {
  return `${queueId} ${channel}`;
}

function columns(sinceSeconds: number): TableProps.ColumnDefinition<LineNow>[] {
  return [
    { id: 'name', header: 'Queue', cell: (line) => <Name line={line} />, isRowHeader: true, sortingField: 'name', minWidth: 130 },
    { id: 'channel', header: 'Channel', cell: ({ channel }) => channelName(channel), sortingField: 'channel', width: 100 },
    { id: 'waiting', header: 'Waiting', cell: (line) => <Waiting line={line} />, sortingField: 'waiting', minWidth: 160 },
    { id: 'ringing', header: 'Ringing', cell: ({ ringing }) => ringing, sortingField: 'ringing', width: 95 },
    { id: 'oldest', header: 'Longest wait', cell: (line) => <span className="tl-timer">{oldestText(line, sinceSeconds)}</span>, sortingComparator: byAge, width: 105 },
    { id: 'estimate', header: 'Expected wait', cell: (line) => <span className="tl-secondary">{estimateText(line)}</span>, width: 100 },
    { id: 'staffed', header: 'Staffed', cell: ({ staffed }) => staffed, sortingField: 'staffed', width: 95 },
    { id: 'available', header: 'Available', cell: ({ available }) => available, sortingField: 'available', width: 105 },
    { id: 'contact', header: 'On contact', cell: ({ onContact }) => onContact, sortingField: 'onContact', width: 100 },
    { id: 'work', header: 'After contact work', cell: ({ afterContactWork }) => afterContactWork, sortingField: 'afterContactWork', width: 115 },
  ];
}

function byAge(a: LineNow, b: LineNow): number {
  return (a.oldestSeconds ?? -1) - (b.oldestSeconds ?? -1);
}

function Name({ line }: { line: LineNow }): ReactNode {
  return (
    <span data-testid="live-queue" data-queue={line.queueId} data-channel={line.channel} dir="auto">
      <Link href={HREF.line(line.queueId, line.channel)} ariaLabel={`${line.name}, ${channelName(line.channel)}: the line in order`}>
        {line.name}
      </Link>
    </span>
  );
}

function Waiting({ line }: { line: LineNow }): ReactNode {
  const wrong = trouble(line);
  return (
    <>
      <strong data-testid="live-waiting">{waitingText(line)}</strong>
      {wrong && (
        <span className="tl-trouble">
          <StatusIndicator type={wrong.look}>{wrong.text}</StatusIndicator>
        </span>
      )}
      {line.scheduled > 0 && <div className="tl-secondary">{scheduledText(line)}</div>}
    </>
  );
}
