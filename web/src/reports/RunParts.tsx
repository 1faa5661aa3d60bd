import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { ReportRun } from '../api/types';
import { lookOf } from './model';

export function RunState({ run }: { run: ReportRun }): ReactNode {
  return (
    <>
      <StatusIndicator type={lookOf(run.state)}>{run.state.charAt(0).toUpperCase() + run.state.slice(1)}</StatusIndicator>
      {run.isProvisional && <div className="tl-secondary">provisional</div>}
    </>
  );
}

/** What there is to download, each with its SHA-256 as in the manifest. */
export function RunFiles({ run }: { run: ReportRun }): ReactNode {
  if (run.files.length === 0) return '–';
  return (
    <ul className="tl-files">
      {run.files.map((file) => (
        <li key={file.name}>
          <Link href={file.url} external={false} target="_blank" ariaLabel={`Download ${file.name}`}>
            {file.name}
          </Link>
          <span className="tl-hash">
            <CopyToClipboard variant="inline" copyButtonAriaLabel={`Copy SHA-256 of ${file.name}`} textToDisplay={`${file.sha256.slice(0, 8)}…`} textToCopy={file.sha256} copySuccessText="SHA-256 copied" copyErrorText="Not copied" />
          </span>
        </li>
      ))}
      {run.manifestUrl && (
        <li>
          <Link href={run.manifestUrl} target="_blank">
            manifest.json
          </Link>
        </li>
      )}
    </ul>
  );
}
