import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import type { Agent, Colleague } from '../api/types';
import { useLoaded, type Loaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { useDesk } from './DeskProvider';

/** Calls a colleague or a number, in any status; not while another call is in hand. */
export function CallSomebody({ agent }: { agent: Agent }): ReactNode {
  const { view } = useDesk();
  const [isOpen, setOpen] = useState(false);
  const isOnCall = agent.contacts.some(({ channel }) => channel === 'VOICE');
  return (
    <>
      <Button iconName="call" disabled={isOnCall || view.connection !== 'open'} onClick={() => setOpen(true)} nativeButtonAttributes={{ 'data-testid': 'call-somebody' }}>
        Call
      </Button>
      {isOpen && <Directory onClose={() => setOpen(false)} />}
    </>
  );
}

type Whom = { agentId: string } | { phoneNumber: string };

function Directory({ onClose }: { onClose: () => void }): ReactNode {
  const { api } = useServices();
  const { store } = useDesk();
  const colleagues = useLoaded(api.colleagues);
  const [wanted, setWanted] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const number = numberIn(wanted);
  const call = (whom: Whom): void => {
    setBusy(true);
    setProblem(null);
    void store
      .call(whom)
      .then((refusal) => (refusal === null ? onClose() : setProblem(refusal)))
      .finally(() => setBusy(false));
  };
  return (
    <Modal visible header="Call" onDismiss={onClose} closeAriaLabel="Call nobody" data-testid="directory">
      <SpaceBetween size="s">
        {problem && <Alert type="warning">{problem}</Alert>}
        <Input
          type="search"
          autoFocus
          value={wanted}
          placeholder="Name or telephone number"
          ariaLabel="Search colleagues, or a telephone number"
          onChange={({ detail }) => setWanted(detail.value)}
          nativeInputAttributes={{ 'data-testid': 'call-whom' }}
        />
        {number && (
          <Button variant="primary" loading={isBusy} onClick={() => call({ phoneNumber: number })} nativeButtonAttributes={{ 'data-testid': 'call-number' }}>
            {`Call ${number}`}
          </Button>
        )}
        {!number && <Colleagues loaded={colleagues} wanted={wanted} isBusy={isBusy} onChoose={({ agentId }) => call({ agentId })} />}
      </SpaceBetween>
    </Modal>
  );
}

interface ColleaguesProps {
  loaded: Loaded<Colleague[]>;
  wanted: string;
  isBusy: boolean;
  onChoose: (colleague: Colleague) => void;
}

function Colleagues({ loaded, wanted, isBusy, onChoose }: ColleaguesProps): ReactNode {
  const { data, error, isLoading, reload } = loaded;
  if (!data && isLoading) return <Loading>Loading who is at work</Loading>;
  if (!data) return <Failed title="Your colleagues could not be loaded" reason={error ?? ''} onRetry={reload} />;
  const found = data.filter(({ name }) => name.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase()));
  if (found.length === 0) return <Empty title={data.length === 0 ? 'Nobody else is at work' : 'Nobody of this name is at work'} />;
  return (
    <ul className="tl-choices" aria-label="Colleagues">
      {found.map((each) => (
        <li key={each.agentId}>
          <button type="button" disabled={isBusy} onClick={() => onChoose(each)} data-testid={`call-${each.name}`}>
            <span dir="auto">{each.name}</span>
            <span className="tl-secondary">{each.isFree ? 'Free' : `${each.status}, leaves a message`}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What was typed, if that is a telephone number. */
function numberIn(typed: string): string | null {
  const number = typed.trim();
  return /^[+(]?[\d][\d\s().-]{5,}$/.test(number) ? number : null;
}
