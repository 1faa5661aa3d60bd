import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import type { ReactNode } from 'react';

export function Loading({ children }: { children: string }): ReactNode {
  return (
    <Box textAlign="center" padding="xxl" color="text-status-inactive">
      <SpaceBetween size="xs" direction="vertical" alignItems="center">
        <Spinner size="large" />
        <span role="status">{children}</span>
      </SpaceBetween>
    </Box>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }): ReactNode {
  return (
    <Box textAlign="center" padding={{ vertical: 'l', horizontal: 'l' }} color="text-body-secondary">
      <SpaceBetween size="xs" alignItems="center">
        <Box variant="strong" color="text-body-secondary">
          {title}
        </Box>
        {children && <div>{children}</div>}
        {action}
      </SpaceBetween>
    </Box>
  );
}

export function Failed({ title, reason, onRetry }: { title: string; reason: string; onRetry?: () => void }): ReactNode {
  return (
    <Alert type="error" header={title} action={onRetry && <Button onClick={onRetry}>Try again</Button>}>
      {reason}
    </Alert>
  );
}
