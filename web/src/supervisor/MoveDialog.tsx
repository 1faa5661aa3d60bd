import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import { useState, type ReactNode } from 'react';
import type { LiveNow, Moved, Standing } from '../api/live';
import type { Channel } from '../api/types';
import { useServices } from '../app/services';
import { ConfirmDialog } from './ConfirmDialog';
import { agentChoices, queueChoices, whoStands } from './model';

interface Props {
  who: Standing;
  queueId: string;
  channel: Channel;
  center: LiveNow;
  onClose: () => void;
  onDone: (to: string, moved: Moved) => void;
}

const KINDS = [
  { value: 'queue', label: 'To another queue', description: 'It begins to wait anew there.' },
  { value: 'agent', label: 'To one agent', description: 'It waits for that agent alone, before everybody else.' },
];

/** Where a waiting contact is to wait instead. */
export function MoveDialog({ who, queueId, channel, center, onClose, onDone }: Props): ReactNode {
  const { api } = useServices();
  const [kind, setKind] = useState('queue');
  const [chosen, setChosen] = useState<string | null>(null);
  const choices = kind === 'queue' ? queueChoices(center, queueId, channel) : agentChoices(center);
  const option = choices.find(({ value }) => value === chosen) ?? null;
  const run = async (): Promise<void> => {
    if (!option) return;
    const moved = await api.live.move(who.contactId, kind === 'queue' ? { queueId: option.value } : { agentId: option.value });
    onDone(option.label, moved);
  };
  const label = kind === 'queue' ? 'Queue' : 'Agent';
  return (
    <ConfirmDialog title={`Move ${whoStands(who)}`} confirm={option ? `Move to ${option.label}` : 'Move'} isReady={option !== null} run={run} onClose={onClose}>
      <FormField label="Where to">
        <RadioGroup
          value={kind}
          items={KINDS}
          onChange={({ detail }) => {
            setKind(detail.value);
            setChosen(null);
          }}
        />
      </FormField>
      <FormField label={label}>
        <Select
          data-testid="move-target"
          ariaLabel={label}
          placeholder={`Choose ${kind === 'queue' ? 'a queue' : 'an agent'}`}
          empty={kind === 'queue' ? 'There is no other queue.' : 'Nobody is there.'}
          filteringType={choices.length > 8 ? 'auto' : 'none'}
          options={choices}
          selectedOption={option}
          onChange={({ detail }) => setChosen(detail.selectedOption.value ?? null)}
        />
      </FormField>
    </ConfirmDialog>
  );
}
