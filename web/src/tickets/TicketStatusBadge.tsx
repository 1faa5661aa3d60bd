import type { ReactNode } from 'react';
import type { TicketStatus } from '../api/types';
import { statusLabel } from './model';

export function TicketStatusBadge({ status }: { status: TicketStatus }): ReactNode {
  return <span className={`tl-badge tl-badge-${status}`}>{statusLabel(status)}</span>;
}
