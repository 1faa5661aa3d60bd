import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import { exactTime } from '../app/format';
import { freshness } from './model';

interface Props {
  seenAt: number;
  at: string;
  now: number;
  error: string | null;
  onReload: () => void;
}

/** When what is shown was true. Screen readers hear of it once, when it gets old. */
export function Freshness({ seenAt, at, now, error, onReload }: Props): ReactNode {
  const { look, text } = freshness(seenAt, now, error);
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <span data-testid="live-freshness" data-look={look}>
        <StatusIndicator type={look}>
          {text} <span className="tl-timer">{exactTime(at).slice(0, 8)}</span>
        </StatusIndicator>
      </span>
      <LiveRegion hidden>{look === 'warning' ? 'What is shown is old: the center does not answer.' : ''}</LiveRegion>
      <Button iconName="refresh" ariaLabel="Look again" onClick={onReload} />
    </SpaceBetween>
  );
}
