import type { ReactNode } from 'react';
import { clock } from '../app/format';
import type { Summary } from './model';

/** The whole center in a few numbers. */
export function Figures({ summary, sinceSeconds }: { summary: Summary; sinceSeconds: number }): ReactNode {
  const { oldestSeconds } = summary;
  const figures: { label: string; value: string; isBad?: boolean }[] = [
    { label: 'Waiting', value: `${summary.waiting}` },
    { label: 'Longest wait', value: oldestSeconds === null ? '–' : clock(oldestSeconds + Math.max(0, sinceSeconds)) },
    { label: 'Available', value: `${summary.available}`, isBad: summary.waiting > 0 && summary.available + summary.onContact + summary.afterContactWork === 0 },
    { label: 'On contact', value: `${summary.onContact}` },
    { label: 'After contact work', value: `${summary.afterContactWork}` },
    { label: 'Away', value: `${summary.away}` },
    { label: 'Not reachable', value: `${summary.notReachable}`, isBad: summary.notReachable > 0 },
  ];
  return (
    <dl className="tl-figures" data-testid="live-figures">
      {figures.map(({ label, value, isBad = false }) => (
        <div key={label} data-bad={isBad}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
