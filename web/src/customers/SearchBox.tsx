import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { searchProblem } from './model';

interface Props {
  label: string;
  description: string;
  button: string;
  /** What was wrong with it, as the server said. */
  refusal: string | null;
  isBusy: boolean;
  onSearch: (text: string) => void;
}

/** One box for whatever is known of somebody. */
export function SearchBox({ label, description, button, refusal, isBusy, onSearch }: Props): ReactNode {
  const [text, setText] = useState('');
  const [hasTried, setTried] = useState(false);
  const problem = searchProblem(text);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!problem) onSearch(text.trim());
      }}
    >
      <FormField label={label} description={description} errorText={(hasTried && problem) || refusal}>
        <SpaceBetween direction="horizontal" size="xs">
          <div className="tl-search">
            <Input type="search" value={text} onChange={({ detail }) => setText(detail.value)} nativeInputAttributes={{ 'data-testid': 'customer-search', dir: 'auto' }} />
          </div>
          <Button variant="primary" formAction="submit" loading={isBusy} nativeButtonAttributes={{ 'data-testid': 'customer-search-now' }}>
            {button}
          </Button>
        </SpaceBetween>
      </FormField>
    </form>
  );
}
