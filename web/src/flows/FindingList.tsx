import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { Finding } from '../api/types';
import { titleOf } from './document';
import { summary } from './findings';

interface Props {
  findings: readonly Finding[];
  /** What makes the text unreadable altogether. */
  broken: string | null;
  /** The text has changed since the server looked at it. */
  isStale: boolean;
  selected: string | null;
  onChoose: (finding: Finding) => void;
}

/** Everything the server finds wrong with the flow or doubtful in it; choosing one leads to its block and its line. */
export function FindingList({ findings, broken, isStale, selected, onChoose }: Props): ReactNode {
  return (
    <section className="tl-findings" aria-label="What was found in the flow" data-testid="flow-findings">
      <h2 className="tl-section-title">{summary(findings) ?? (isStale ? 'Not checked yet' : 'Checked')}</h2>
      {broken && <p className="tl-error tl-flush">{broken}</p>}
      {!broken && findings.length === 0 && !isStale && <StatusIndicator type="success">Nothing is wrong with this flow</StatusIndicator>}
      {isStale && <p className="tl-secondary tl-flush">Not saved yet. Saving the draft checks it again.</p>}
      <ul className="tl-rows">
        {findings.map((finding) => (
          <li key={`${finding.code} ${finding.block} ${finding.path} ${finding.message}`}>
            <button type="button" className="tl-finding" aria-current={finding.block !== '' && finding.block === selected ? 'true' : undefined} onClick={() => onChoose(finding)}>
              <StatusIndicator type={finding.severity === 'PROBLEM' ? 'error' : 'info'}>
                {finding.block ? titleOf({ id: finding.block, type: `Block ${finding.block.slice(0, 8)}` }) : 'The whole flow'}
              </StatusIndicator>
              <span dir="auto">{finding.message}</span>
              {finding.path && <code>{finding.path}</code>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
