import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TokenGroup from '@cloudscape-design/components/token-group';
import Input from '@cloudscape-design/components/input';
import FormField from '@cloudscape-design/components/form-field';
import { useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { Flow } from '../api/types';
import { useServices } from '../app/services';
import { Empty } from '../app/States';

interface Props {
  flow: Flow;
  mayEdit: boolean;
  onDone: (text: string, flow?: Flow) => void;
}

/** By what others find the flow: its ARN and its tags. */
export function AboutFlow({ flow, mayEdit, onDone }: Props): ReactNode {
  const { api } = useServices();
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const tags = Object.entries(flow.tags);
  const act = (what: Promise<void>, done: string): void => {
    setProblem(null);
    what.then(
      () => {
        setKey('');
        setValue('');
        onDone(done);
      },
      (error: unknown) => setProblem(sentence(error)),
    );
  };
  return (
    <Container
      header={
        <Header variant="h2" description={<CopyToClipboard variant="inline" copyButtonAriaLabel="Copy ARN" textToCopy={flow.arn} copySuccessText="ARN copied" copyErrorText="Not copied" />}>
          Tags
        </Header>
      }
    >
      <SpaceBetween size="m">
        {problem && <Alert type="error">{problem}</Alert>}
        {tags.length === 0 && <Empty title="No tags" />}
        <TokenGroup
          items={tags.map(([name, text]) => ({ label: text ? `${name} = ${text}` : name, dismissLabel: `Remove tag ${name}`, disabled: !mayEdit }))}
          onDismiss={({ detail }) => {
            const name = tags[detail.itemIndex]?.[0];
            if (name !== undefined) act(api.flows.untag(flow.arn, name), `Tag ${name} is gone.`);
          }}
        />
        {mayEdit && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (key.trim()) act(api.flows.tag(flow.arn, { [key.trim()]: value.trim() }), `Tag ${key.trim()} is set.`);
            }}
          >
            <div className="tl-tag-form">
              <FormField label="Key">
                <Input value={key} onChange={({ detail }) => setKey(detail.value)} nativeInputAttributes={{ 'data-testid': 'tag-key', maxLength: 128 }} />
              </FormField>
              <FormField label="Value">
                <Input value={value} onChange={({ detail }) => setValue(detail.value)} nativeInputAttributes={{ 'data-testid': 'tag-value', maxLength: 256 }} />
              </FormField>
              <Button formAction="submit" disabled={!key.trim()}>
                Set tag
              </Button>
            </div>
          </form>
        )}
      </SpaceBetween>
    </Container>
  );
}
