import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import type { Outcome, WrapUpSetup } from '../api/wrapUps';
import { useServices } from '../app/services';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { idFor, labelProblem } from './model';

interface Props {
  setup: WrapUpSetup;
  /** null: a new one. */
  outcome: Outcome | null;
  onClose: () => void;
  onSaved: () => void;
}

/** A new outcome, or what is changed of one. */
export function OutcomeDialog({ setup, outcome, onClose, onSaved }: Props): ReactNode {
  const { api } = useServices();
  const [label, setLabel] = useState(outcome?.label ?? '');
  const [queueIds, setQueueIds] = useState<readonly string[]>(outcome?.queueIds ?? []);
  const [resolves, setResolves] = useState(outcome?.resolves ?? false);
  const others = setup.dispositions.filter(({ id }) => id !== outcome?.id);
  const problem = labelProblem(label, others);
  const options = setup.queues.map(({ id, name }) => ({ value: id, label: name }));
  const run = async (): Promise<void> => {
    const id = outcome?.id ?? idFor(label, others.map((each) => each.id));
    await api.wrapUps.offer({ id, label: label.trim(), queueIds: [...queueIds], resolves });
    onSaved();
  };
  return (
    <ConfirmDialog title={outcome ? `Change “${outcome.label}”` : 'New outcome'} confirm="Save" isReady={problem === null} run={run} onClose={onClose}>
      <SpaceBetween size="m">
        <FormField label="Label" description="Agents read it in a list." errorText={label ? problem : null}>
          <Input value={label} autoFocus onChange={({ detail }) => setLabel(detail.value)} nativeInputAttributes={{ 'data-testid': 'outcome-label', dir: 'auto' }} />
        </FormField>
        <FormField label="Queues" description="With none it is offered in all of them.">
          <Multiselect
            options={options}
            selectedOptions={options.filter(({ value }) => queueIds.includes(value))}
            placeholder="All queues"
            data-testid="outcome-queues"
            onChange={({ detail }) => setQueueIds(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
          />
        </FormField>
        <Checkbox
          checked={resolves}
          description="Counts as solved with the first contact, unless the customer comes back within a week."
          onChange={({ detail }) => setResolves(detail.checked)}
          nativeInputAttributes={{ 'data-testid': 'outcome-resolves' }}
        >
          The customer need not come back
        </Checkbox>
      </SpaceBetween>
    </ConfirmDialog>
  );
}
