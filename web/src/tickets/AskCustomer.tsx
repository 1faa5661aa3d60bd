import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import type { ReactNode } from 'react';
import type { AskBy } from '../api/types';
import { ASKED_BY } from './model';

/** How the customer of a ticket that is being closed is asked what they think. */
export function AskCustomer({ value, onChoose }: { value: AskBy; onChoose: (way: AskBy) => void }): ReactNode {
  return (
    <FormField label="Ask the customer how satisfied they are">
      <RadioGroup
        items={[...ASKED_BY]}
        value={value}
        onChange={({ detail }) => {
          const chosen = ASKED_BY.find((way) => way.value === detail.value);
          if (chosen) onChoose(chosen.value);
        }}
        data-testid="ask-customer"
      />
    </FormField>
  );
}
