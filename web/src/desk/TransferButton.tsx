import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState, type ReactNode } from 'react';
import type { DeskContact, QuickConnect } from '../api/types';
import { useLoaded, type Loaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { useDesk } from './DeskProvider';
import { useShortcuts } from './useShortcuts';

/** Hands the customer over to a quick connect; T does the same. The customer stays until the center has done it. */
export function TransferButton({ contact }: { contact: DeskContact }): ReactNode {
  const { view } = useDesk();
  const [isOpen, setOpen] = useState(false);
  const canTransfer = view.connection === 'open' && contact.state === 'CONNECTED';
  useShortcuts({ t: canTransfer && !isOpen ? () => setOpen(true) : undefined });
  return (
    <>
      <Button disabled={!canTransfer} iconName="share" onClick={() => setOpen(true)} ariaLabel="Transfer (T)" nativeButtonAttributes={{ 'data-testid': 'transfer' }}>
        Transfer <kbd className="tl-kbd">T</kbd>
      </Button>
      {isOpen && <Picker contact={contact} onClose={() => setOpen(false)} />}
    </>
  );
}

function Picker({ contact, onClose }: { contact: DeskContact; onClose: () => void }): ReactNode {
  const { api } = useServices();
  const { store, view } = useDesk();
  const load = useCallback(() => api.quickConnects(contact.contactId), [api, contact.contactId]);
  const quickConnects = useLoaded(load);
  const [refusal, setRefusal] = useState<string | null>(null);
  const isBusy = view.busy.has(`transfer:${contact.contactId}`);
  const send = ({ quickConnectId }: QuickConnect): void => {
    setRefusal(null);
    void store.transfer(contact.contactId, quickConnectId).then((problem) => (problem === null ? onClose() : setRefusal(problem)));
  };
  return (
    <Modal visible header="Transfer to" onDismiss={onClose} closeAriaLabel="Keep the contact" data-testid="transfer-picker">
      <SpaceBetween size="s">
        {refusal && (
          <Alert type="error" header="The contact stays with you">
            {refusal}
          </Alert>
        )}
        <Found loaded={quickConnects} queueName={contact.queueName} isBusy={isBusy} onChoose={send} />
      </SpaceBetween>
    </Modal>
  );
}

interface FoundProps {
  loaded: Loaded<QuickConnect[]>;
  queueName: string;
  isBusy: boolean;
  onChoose: (chosen: QuickConnect) => void;
}

function Found({ loaded, queueName, isBusy, onChoose }: FoundProps): ReactNode {
  const { data, error, isLoading, reload } = loaded;
  const [wanted, setWanted] = useState('');
  if (!data && isLoading) return <Loading>Loading where it can go</Loading>;
  if (!data) return <Failed title="The quick connects could not be loaded" reason={error ?? ''} onRetry={reload} />;
  if (data.length === 0) return <Empty title="No quick connects">None is attached to {queueName || 'this queue'}. An admin can attach some.</Empty>;
  const found = matching(data, wanted);
  const first = found.find(({ isThere }) => isThere);
  return (
    <>
      <Input
        type="search"
        autoFocus
        value={wanted}
        placeholder="Search by name"
        ariaLabel="Search quick connects"
        onChange={({ detail }) => setWanted(detail.value)}
        onKeyDown={({ detail }) => {
          if (detail.key === 'Enter' && first && !isBusy) onChoose(first);
        }}
        nativeInputAttributes={{ 'data-testid': 'transfer-search' }}
      />
      <Choices found={found} isBusy={isBusy} onChoose={onChoose} />
    </>
  );
}

interface ChoicesProps {
  found: QuickConnect[];
  isBusy: boolean;
  onChoose: (chosen: QuickConnect) => void;
}

function Choices({ found, isBusy, onChoose }: ChoicesProps): ReactNode {
  if (found.length === 0) return <Empty title="Nothing of this name" />;
  return (
    <ul className="tl-choices" aria-label="Quick connects">
      {found.map((each) => (
        <li key={each.quickConnectId}>
          <button type="button" disabled={isBusy || !each.isThere} onClick={() => onChoose(each)} data-testid={`transfer-${each.name}`}>
            <span dir="auto">{each.name}</span>
            <span className="tl-secondary">{each.isThere ? KINDS[each.type] : 'Not signed in'}</span>
            {each.description && (
              <span className="tl-secondary" dir="auto">
                {each.description}
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

const KINDS: Record<QuickConnect['type'], string> = { QUEUE: 'Queue', USER: 'Colleague', PHONE_NUMBER: 'Phone number', FLOW: 'Flow' };

/** Every word of the search is somewhere in the name or the description; the center's order stays. */
function matching(all: QuickConnect[], wanted: string): QuickConnect[] {
  const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ name, description }) => words.every((word) => `${name} ${description}`.toLocaleLowerCase().includes(word)));
}
