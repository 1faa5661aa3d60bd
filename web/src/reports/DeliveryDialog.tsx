import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type ReactNode } from 'react';
import type { Delivery, ReportSchedule } from '../api/reports';
import { useServices } from '../app/services';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { addressesIn, deliveryProblem } from './deliveries';

interface Props {
  /** null: a new one. */
  delivery: Delivery | null;
  /** Names that others have. */
  taken: readonly string[];
  schedules: readonly ReportSchedule[];
  onClose: () => void;
  onSaved: () => void;
}

const NOTHING = { name: '', reports: [], emails: [] };

/** Which reports are brought to a folder, and who is told. */
export function DeliveryDialog({ delivery, taken, schedules, onClose, onSaved }: Props): ReactNode {
  const { api } = useServices();
  const known = delivery ?? NOTHING;
  const [name, setName] = useState(known.name);
  const [reports, setReports] = useState<readonly string[]>(known.reports);
  const [typed, setTyped] = useState(known.emails.join('\n'));
  const options = [...schedules].sort((a, b) => a.title.localeCompare(b.title)).map(({ report, title }) => ({ value: report, label: title, description: report }));
  const problem = delivery ? null : deliveryProblem(name, taken);
  const run = (): Promise<void> => api.reports.keepDelivery(name, { reports: [...reports], emails: addressesIn(typed) }).then(onSaved);
  return (
    <ConfirmDialog title={delivery ? `Deliver to “${delivery.name}”` : 'New delivery'} confirm="Save" isReady={problem === null && reports.length > 0} run={run} onClose={onClose}>
      <SpaceBetween size="m">
        {!delivery && (
          <FormField label="For whom" description="It names the folder, and stays." errorText={name ? problem : null}>
            <Input value={name} autoFocus placeholder="finance" onChange={({ detail }) => setName(detail.value)} nativeInputAttributes={{ 'data-testid': 'delivery-name' }} />
          </FormField>
        )}
        <FormField label="Reports" description="From their next revision on.">
          <Multiselect
            options={options}
            selectedOptions={options.filter(({ value }) => reports.includes(value))}
            placeholder="Choose reports"
            filteringType="auto"
            data-testid="delivery-reports"
            onChange={({ detail }) => setReports(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
          />
        </FormField>
        <FormField label="Told by e-mail" description="One address a line; nobody needs to be told.">
          <Textarea value={typed} rows={3} onChange={({ detail }) => setTyped(detail.value)} nativeTextareaAttributes={{ 'data-testid': 'delivery-emails' }} />
        </FormField>
      </SpaceBetween>
    </ConfirmDialog>
  );
}
