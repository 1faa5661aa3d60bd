import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { ApiError, sentence } from '../api/errors';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { FilePicker } from './FilePicker';
import { FIRST_CONTENT, FIRST_MODULE_CONTENT, FLOW_TYPES, typeLabel } from './model';

const NAME_LIMIT = 127;

/** A name, a type, and perhaps a file to begin with; it is a draft until somebody publishes it. */
export function CreateFlowDialog({ instanceId, onClose }: { instanceId: string; onClose: () => void }): ReactNode {
  const { api } = useServices();
  const [name, setName] = useState('');
  const [type, setType] = useState('CONTACT_FLOW');
  const [file, setFile] = useState<{ name: string; text: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const first = type === 'MODULE' ? FIRST_MODULE_CONTENT : FIRST_CONTENT;
  const create = (): void => {
    setBusy(true);
    setProblem(null);
    const content = file ? api.flows.imported(file.text) : Promise.resolve(first);
    content
      .then((text) => api.flows.create({ instanceId, name: name.trim(), type, description: '', content: text }))
      .then(
        (flowId) => (window.location.hash = HREF.flow(flowId)),
        (error: unknown) => setProblem(reason(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Modal
      visible
      header="Create flow"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isBusy} disabled={!name.trim() || name.length > NAME_LIMIT} onClick={create} nativeButtonAttributes={{ 'data-testid': 'flow-create-now' }}>
              Create
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {problem && <Alert type="error">{problem}</Alert>}
        <FormField label="Name" errorText={name.length > NAME_LIMIT ? `At most ${NAME_LIMIT} characters.` : null}>
          <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus nativeInputAttributes={{ 'data-testid': 'flow-name' }} />
        </FormField>
        <FormField label="Type" description="Where it runs; it cannot be changed later.">
          <Select
            selectedOption={{ value: type, label: typeLabel(type) }}
            options={[...FLOW_TYPES]}
            onChange={({ detail }) => setType(detail.selectedOption.value ?? type)}
          />
        </FormField>
        <FormField label="Begin with a file" description="An export of Amazon Connect or of this page, of any age. Without one the flow just ends.">
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <FilePicker onPicked={(text, picked) => setFile({ name: picked, text })} onFailed={setProblem}>
              Choose file
            </FilePicker>
            <span className="tl-secondary">{file?.name ?? 'No file chosen'}</span>
          </SpaceBetween>
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}

function reason(error: unknown): string {
  const problems = error instanceof ApiError ? error.problems : [];
  return [sentence(error), ...problems].join('. ');
}
