import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import type { AgentNow } from '../api/live';
import type { AgentStatusChoice } from '../api/types';
import { useTick, useWatched } from '../app/hooks';
import { useServices } from '../app/services';
import { Failed, Loading } from '../app/States';
import { AgentTable } from './AgentTable';
import { ConfirmDialog } from './ConfirmDialog';
import { Figures } from './Figures';
import { Freshness } from './Freshness';
import { AGAIN_MS, consequence, serverNow, shownAlerts, standsNow, statusDone, summary } from './model';
import { Notices, type Note } from './Notices';
import { QueueTable } from './QueueTable';

/** The center at this moment: who waits, who is there, what needs looking after. */
export function LivePage(): ReactNode {
  const { api } = useServices();
  const { data, error, seenAt, reload } = useWatched(api.live.now, AGAIN_MS);
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(() => new Set());
  const [note, setNote] = useState<Note | null>(null);
  const [asked, setAsked] = useState<{ agent: AgentNow; status: AgentStatusChoice } | null>(null);
  useTick(1000);
  if (!data || seenAt === null) return error ? <Failed title="The center cannot be seen" reason={error} onRetry={reload} /> : <Loading>Looking at the center</Loading>;
  const clockNow = Date.now();
  const now = serverNow(data.at, seenAt, clockNow);
  const sinceSeconds = (clockNow - seenAt) / 1000;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<Freshness seenAt={seenAt} at={data.at} now={clockNow} error={error} onReload={reload} />}>
        Live
      </Header>
      <Notices
        alerts={shownAlerts(data.alerts, dismissed, now)}
        onDismissAlert={(id) => setDismissed((known) => new Set([...known, id]))}
        note={note}
        onDismissNote={() => setNote(null)}
      />
      <Figures summary={summary(data)} sinceSeconds={sinceSeconds} />
      <QueueTable lines={data.queues} sinceSeconds={sinceSeconds} />
      <AgentTable agents={data.agents} statuses={data.statuses} now={now} onSet={(agent, status) => setAsked({ agent, status })} />
      {asked && (
        <StatusDialog
          {...asked}
          onClose={() => setAsked(null)}
          onDone={(text) => {
            setAsked(null);
            setNote({ type: 'success', text });
            reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}

interface StatusDialogProps {
  agent: AgentNow;
  status: AgentStatusChoice;
  onClose: () => void;
  onDone: (text: string) => void;
}

function StatusDialog({ agent, status, onClose, onDone }: StatusDialogProps): ReactNode {
  const { api } = useServices();
  const run = async (): Promise<void> => onDone(statusDone(await api.live.setStatus(agent.agentId, status.name), status.name));
  return (
    <ConfirmDialog title={`Set ${agent.name} to ${status.name}?`} confirm={`Set to ${status.name}`} run={run} onClose={onClose}>
      <p className="tl-flush">
        {standsNow(agent)} {consequence(agent, status)} {agent.name} is told that it was you.
      </p>
    </ConfirmDialog>
  );
}
