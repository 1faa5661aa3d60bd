import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';

interface Props {
  title: string;
  confirm: string;
  cancel?: string;
  isReady?: boolean;
  /** What is done; when it is refused, the dialog stays and says why. */
  run: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

/** Says what will happen, and does it only when told to. */
export function ConfirmDialog({ title, confirm, cancel = 'Cancel', isReady = true, run, onClose, children }: Props): ReactNode {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const go = (): void => {
    setBusy(true);
    setProblem(null);
    run()
      .catch((error: unknown) => setProblem(sentence(error)))
      .finally(() => setBusy(false));
  };
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      data-testid="confirm"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {cancel}
            </Button>
            <Button variant="primary" loading={isBusy} disabled={!isReady} onClick={go} nativeButtonAttributes={{ 'data-testid': 'confirm-now' }}>
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {problem && <Alert type="error">{problem}</Alert>}
        {children}
      </SpaceBetween>
    </Modal>
  );
}
