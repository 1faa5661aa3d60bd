import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { Agent } from '../api/types';
import { useDesk } from './DeskProvider';

/** Calls can ring at the agent's own telephone too; whoever presses 1 there has them. */
export function ForwardCalls({ agent }: { agent: Agent }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const number = agent.forwardTo ?? null;
  return (
    <>
      <Button iconName="call" variant={number ? 'normal' : 'inline-link'} onClick={() => setOpen(true)} nativeButtonAttributes={{ 'data-testid': 'forward' }}>
        {number ? `Also ringing at ${number}` : 'Ring my telephone'}
      </Button>
      {isOpen && <ForwardDialog number={number} onClose={() => setOpen(false)} />}
    </>
  );
}

function ForwardDialog({ number, onClose }: { number: string | null; onClose: () => void }): ReactNode {
  const { store, view } = useDesk();
  const [typed, setTyped] = useState(number ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const choose = (wanted: string | null): void => {
    setBusy(true);
    setProblem(null);
    store
      .forward(wanted)
      .then(onClose, (error: unknown) => setProblem(sentence(error)))
      .finally(() => setBusy(false));
  };
  const isOffline = view.connection !== 'open';
  return (
    <Modal
      visible
      header="Ring my telephone"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {number && (
              <Button variant="link" disabled={isBusy || isOffline} onClick={() => choose(null)} nativeButtonAttributes={{ 'data-testid': 'forward-off' }}>
                Ring at this desk only
              </Button>
            )}
            <Button
              variant="primary"
              loading={isBusy}
              disabled={!typed.trim() || isOffline}
              onClick={() => choose(typed.trim())}
              nativeButtonAttributes={{ 'data-testid': 'forward-save' }}
            >
              Ring there too
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <FormField
        label="Your telephone"
        description="Calls that are offered to you ring there as well. Press 1 there to take one. It ends when you go offline."
        errorText={problem}
      >
        <Input
          value={typed}
          type="text"
          inputMode="tel"
          autoFocus
          placeholder="+1 202 555 0155"
          onChange={({ detail }) => setTyped(detail.value)}
          onKeyDown={({ detail }) => {
            if (detail.key === 'Enter' && typed.trim()) choose(typed.trim());
          }}
          nativeInputAttributes={{ 'data-testid': 'forward-number' }}
        />
      </FormField>
    </Modal>
  );
}
