import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { Customer, Pair } from '../api/customers';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { ConfirmDialog } from '../supervisor/ConfirmDialog';
import { Matches } from './Matches';
import { gainedBy, nameOf } from './model';
import { SearchBox } from './SearchBox';
import { useSearch } from './useSearch';

interface Props {
  customer: Customer;
  /** Both are others now. */
  onDone: () => void;
}

interface Note {
  text: string;
  /** Whom to take apart again. */
  otherId: string | null;
}

/** Two customers who are one person are made one, after it was shown what that makes, and taken apart again. */
export function MergePanel({ customer, onDone }: Props): ReactNode {
  const { api } = useServices();
  const [other, setOther] = useState<Customer | null>(null);
  const [note, setNote] = useState<Note | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const done = (next: Note): void => {
    setOther(null);
    setNote(next);
    onDone();
  };
  const undo = (otherId: string): void => {
    setProblem(null);
    api.customers.unmerge(otherId).then(
      ({ other: apart }) => done({ text: `${nameOf(apart)} is a customer alone again.`, otherId: null }),
      (error: unknown) => setProblem(sentence(error)),
    );
  };
  return (
    <Container header={<Header variant="h2" description="The same person twice: this one stays, and gains what the other has.">One person</Header>}>
      <SpaceBetween size="m">
        {problem && <Alert type="error">{problem}</Alert>}
        {note && <Done note={note} onUndo={undo} />}
        <Absorbed ids={customer.absorbed} onUndo={undo} />
        <Finder self={customer.customerId} onChosen={setOther} />
        {other && <MergeDialog customer={customer} otherId={other.customerId} onClose={() => setOther(null)} onDone={done} />}
      </SpaceBetween>
    </Container>
  );
}

function Done({ note: { text, otherId }, onUndo }: { note: Note; onUndo: (otherId: string) => void }): ReactNode {
  return (
    <div data-testid="merge-done">
      <Alert
        type="success"
        action={
          otherId && (
            <Button onClick={() => onUndo(otherId)} nativeButtonAttributes={{ 'data-testid': 'merge-undo' }}>
              Undo
            </Button>
          )
        }
      >
        {text}
      </Alert>
    </div>
  );
}

function Absorbed({ ids, onUndo }: { ids: readonly string[]; onUndo: (otherId: string) => void }): ReactNode {
  if (ids.length === 0) return null;
  return (
    <div>
      <Box variant="awsui-key-label">Merged into this customer</Box>
      <ul className="tl-rows">
        {ids.map((id) => (
          <li key={id} className="tl-row-main">
            <span className="tl-hash">{id}</span>
            <Button onClick={() => onUndo(id)} ariaLabel={`Take ${id} apart`} nativeButtonAttributes={{ 'data-testid': `apart-${id}` }}>
              Take apart
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Finder({ self, onChosen }: { self: string; onChosen: (customer: Customer) => void }): ReactNode {
  const search = useSearch();
  const others = search.found && { ...search.found, matches: search.found.matches.filter(({ customer }) => customer.customerId !== self) };
  return (
    <SpaceBetween size="s">
      <SearchBox label="Who is the same person?" description="Number, name, ticket, address or id." button="Find" refusal={search.refusal} isBusy={search.isBusy} onSearch={search.run} />
      {others && (
        <Matches
          found={{ ...others, isAmbiguous: others.matches.length > 1 }}
          text={search.text}
          action={(customer) => (
            <Button onClick={() => onChosen(customer)} ariaLabel={`Merge ${nameOf(customer)}`} nativeButtonAttributes={{ 'data-testid': `merge-${customer.customerId}` }}>
              Merge
            </Button>
          )}
        />
      )}
    </SpaceBetween>
  );
}

interface DialogProps {
  customer: Customer;
  otherId: string;
  onClose: () => void;
  onDone: (note: Note) => void;
}

function MergeDialog({ customer, otherId, onClose, onDone }: DialogProps): ReactNode {
  const { api } = useServices();
  const load = useCallback(() => api.customers.mergePreview(customer.customerId, otherId), [api, customer.customerId, otherId]);
  const { data: pair, error, reload } = useLoaded(load);
  const run = async (): Promise<void> => {
    if (!pair) return;
    const { other } = await api.customers.merge(customer.customerId, otherId, pair.other.version);
    onDone({ text: `${nameOf(other)} is this customer now.`, otherId });
  };
  return (
    <ConfirmDialog title="Make these two one?" confirm="Merge" isReady={pair !== null && !error} run={run} onClose={onClose}>
      {error && <Failed title="They cannot be merged" reason={error} onRetry={reload} />}
      {!pair && !error && <Loading>Looking what that makes</Loading>}
      {pair && !error && <MergePreview before={customer} pair={pair} />}
    </ConfirmDialog>
  );
}

function MergePreview({ before, pair: { customer, other } }: { before: Customer; pair: Pair }): ReactNode {
  const gained = gainedBy(before, customer);
  return (
    <SpaceBetween size="s">
      <p className="tl-flush">
        <bdi>{nameOf(other)}</bdi> ({other.customerId}) becomes <bdi>{nameOf(customer)}</bdi> ({customer.customerId}). Contacts and tickets of both are read as those of one. It can be undone.
      </p>
      {gained.length === 0 && <Empty title="Nothing new">This customer has everything that is known of the other.</Empty>}
      <ul className="tl-plain-list" data-testid="merge-gained">
        {gained.map(({ label, values }) => (
          <li key={label}>
            {label}: <bdi>{values.join(', ')}</bdi>
          </li>
        ))}
      </ul>
    </SpaceBetween>
  );
}
