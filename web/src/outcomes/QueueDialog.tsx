import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type ReactNode } from 'react';
import type { QueueWrapUp } from '../api/wrapUps';
import { useServices } from '../app/services';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { SCRIPT_LIMIT, secondsFrom } from './model';

/** A queue's time for the work after a contact, and what the desk shows meanwhile. */
export function QueueDialog({ queue, onClose, onSaved }: { queue: QueueWrapUp; onClose: () => void; onSaved: () => void }): ReactNode {
  const { api } = useServices();
  const [typed, setTyped] = useState(String(queue.seconds));
  const [closingScript, setScript] = useState(queue.closingScript);
  const read = secondsFrom(typed);
  const isTooLong = closingScript.length > SCRIPT_LIMIT;
  const run = async (): Promise<void> => {
    if (!('seconds' in read)) return;
    await api.wrapUps.setQueue(queue.id, { seconds: read.seconds, closingScript });
    onSaved();
  };
  return (
    <ConfirmDialog title={`After contacts of ${queue.name}`} confirm="Save" isReady={'seconds' in read && !isTooLong} run={run} onClose={onClose}>
      <SpaceBetween size="m">
        <FormField label="Time for wrap-up, in seconds" description="When it is over, the center ends the work without an outcome. 0: until the agent ends it." errorText={'problem' in read ? read.problem : null}>
          <Input value={typed} inputMode="numeric" autoFocus onChange={({ detail }) => setTyped(detail.value)} nativeInputAttributes={{ 'data-testid': 'queue-seconds' }} />
        </FormField>
        <FormField stretch label="Closing script" description="Empty: the usual one." errorText={isTooLong ? `At most ${SCRIPT_LIMIT.toLocaleString('en')} characters.` : null}>
          <Textarea value={closingScript} rows={5} onChange={({ detail }) => setScript(detail.value)} nativeTextareaAttributes={{ 'data-testid': 'queue-script', dir: 'auto' }} />
        </FormField>
      </SpaceBetween>
    </ConfirmDialog>
  );
}
