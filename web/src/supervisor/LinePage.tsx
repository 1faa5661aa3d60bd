import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCallback, useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { LiveNow, Moved, Standing } from '../api/live';
import type { Channel } from '../api/types';
import { clock } from '../app/format';
import { useTick, useWatched } from '../app/hooks';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { Freshness } from './Freshness';
import { AGAIN_MS, channelName, standingText, whoStands } from './model';
import { MoveDialog } from './MoveDialog';
import { Notices, type Note } from './Notices';

interface Props {
  queueId: string;
  channel: Channel;
}

/** One line in order; whoever waits in it can be moved elsewhere, and back. */
export function LinePage({ queueId, channel }: Props): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => Promise.all([api.live.line(queueId, channel), api.live.now()]), [api, queueId, channel]);
  const { data, error, seenAt, reload } = useWatched(load, AGAIN_MS);
  const [moving, setMoving] = useState<Standing | null>(null);
  const [note, setNote] = useState<Note | null>(null);
  useTick(1000);
  if (!data || seenAt === null) return error ? <Failed title="This line cannot be seen" reason={error} onRetry={reload} /> : <Loading>Looking at the line</Loading>;
  const [line, center] = data;
  const now = Date.now();
  const name = center.queues.find((each) => each.queueId === queueId)?.name ?? queueId;
  const moveBack = (who: Standing): void => {
    api.live.move(who.contactId, { queueId }).then(
      () => setNote({ type: 'success', text: `${whoStands(who)} is back in ${name}, at the end of the line.` }),
      (refusal: unknown) => setNote({ type: 'error', text: sentence(refusal) }),
    ).finally(reload);
  };
  const done = (who: Standing, to: string, moved: Moved): void => {
    setMoving(null);
    const text = `${whoStands(who)} waits ${to === moved.queueName ? `in ${to}` : `for ${to}`} from now on.`;
    setNote({ type: 'success', text, undo: { text: 'Move back', run: () => moveBack(who) } });
    reload();
  };
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup items={[{ text: 'Live', href: HREF.live }, { text: `${name} · ${channelName(channel)}`, href: HREF.line(queueId, channel) }]} ariaLabel="Way back" />
      <Notices note={note} onDismissNote={() => setNote(null)} />
      <Table
        variant="container"
        items={line.contacts}
        columnDefinitions={columns((now - seenAt) / 1000, setMoving)}
        trackBy="contactId"
        wrapLines
        ariaLabels={{ tableLabel: `The line of ${name}` }}
        header={
          <Header variant="h1" counter={`(${line.contacts.length}${line.nextToken ? '+' : ''})`} description={about(center, queueId, channel)} actions={<Freshness seenAt={seenAt} at={center.at} now={now} error={error} onReload={reload} />}>
            {name} · {channelName(channel)}
          </Header>
        }
        footer={line.nextToken && <span className="tl-secondary">The first {line.contacts.length} are shown.</span>}
        empty={<Empty title="Nobody waits here">Whoever comes is seen here in order.</Empty>}
      />
      {moving && <MoveDialog who={moving} queueId={queueId} channel={channel} center={center} onClose={() => setMoving(null)} onDone={(to, moved) => done(moving, to, moved)} />}
    </SpaceBetween>
  );
}

function about({ queues }: LiveNow, queueId: string, channel: Channel): string {
  const line = queues.find((each) => each.queueId === queueId && each.channel === channel);
  if (!line) return 'Nobody is there for it.';
  const limit = line.limit === null ? '' : ` It has ${line.limit} places.`;
  return `${line.staffed} staffed, ${line.available} available, ${line.onContact} on contact.${limit}`;
}

function columns(sinceSeconds: number, onMove: (who: Standing) => void): TableProps.ColumnDefinition<Standing>[] {
  return [
    { id: 'position', header: 'Place', cell: ({ position }) => position, width: 90 },
    { id: 'who', header: 'Customer', cell: (who) => <Who who={who} />, isRowHeader: true, minWidth: 220 },
    { id: 'state', header: 'State', cell: (who) => <StatusIndicator type={who.state === 'RINGING' ? 'in-progress' : 'pending'}>{standingText(who)}</StatusIndicator>, minWidth: 200 },
    { id: 'waited', header: 'Waits for', cell: ({ waitSeconds }) => <span className="tl-timer">{clock(waitSeconds + Math.max(0, sinceSeconds))}</span>, width: 130 },
    { id: 'priority', header: 'Priority', cell: ({ priority }) => priority, width: 110 },
    {
      id: 'move',
      header: 'Move',
      cell: (who) => (
        <Button wrapText={false} onClick={() => onMove(who)} ariaLabel={`Move ${whoStands(who)}`} nativeButtonAttributes={{ 'data-testid': `move-${who.contactId}` }}>
          Move
        </Button>
      ),
      width: 130,
    },
  ];
}

function Who({ who }: { who: Standing }): ReactNode {
  const { customerName, customerEndpoint } = who;
  return (
    <span data-testid="line-contact" data-contact={who.contactId} dir="auto">
      {whoStands(who)} {customerName && customerEndpoint && <span className="tl-secondary">{customerEndpoint}</span>}
    </span>
  );
}
