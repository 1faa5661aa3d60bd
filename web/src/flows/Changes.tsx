import type { ReactNode } from 'react';
import type { FlowChange } from '../api/types';
import { Empty } from '../app/States';

const KINDS: Record<string, { label: string; tone: string }> = {
  added: { label: 'Added', tone: 'good' },
  removed: { label: 'Removed', tone: 'bad' },
  text: { label: 'Text', tone: 'neutral' },
  queue: { label: 'Queue', tone: 'neutral' },
  timeout: { label: 'Time', tone: 'neutral' },
  parameter: { label: 'Setting', tone: 'neutral' },
  rewired: { label: 'Rewired', tone: 'late' },
  start: { label: 'Start', tone: 'late' },
};

/** What one version does differently from another, block by block. */
export function Changes({ changes }: { changes: readonly FlowChange[] }): ReactNode {
  if (changes.length === 0) return <Empty title="No difference">Both do the same. Where blocks lie in the picture does not count.</Empty>;
  return (
    <ul className="tl-changes" data-testid="flow-changes">
      {changes.map(({ kind, block, detail }, at) => {
        const { label, tone } = KINDS[kind] ?? { label: kind, tone: 'neutral' };
        return (
          <li key={`${at} ${kind} ${block}`}>
            <span className={`tl-change tl-change-${tone}`}>{label}</span>
            <span>
              <strong dir="auto">{block}</strong>
              {detail && (
                <span className="tl-change-detail" dir="auto">
                  {detail}
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
