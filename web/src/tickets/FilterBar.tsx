import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState, type ReactNode } from 'react';
import type { TeamMember } from '../api/types';
import { BUILT_IN, DUE_CHOICES, isSame, nameProblem, STATE_CHOICES, WHOSE_CHOICES, type Filter, type NamedFilter, type SavedFilters } from './filters';

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
  team: readonly TeamMember[];
  saved: SavedFilters;
  found: number;
}

const CHANGED = { value: '', label: 'As chosen here' };

/** Which tickets are listed: one of the named filters, or any other put together here and kept under a name. */
export function FilterBar({ filter, onChange, team, saved, found }: Props): ReactNode {
  const [own, setOwn] = useState(() => saved.all());
  const [isNaming, setNaming] = useState(false);
  const current = [...BUILT_IN, ...own].find((each) => isSame(each.filter, filter));
  const isOwn = current !== undefined && own.includes(current);
  const put = (part: Partial<Filter>): void => onChange({ ...filter, ...part });
  return (
    <div className="tl-ticket-filters">
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Select
          data-testid="ticket-filter-named"
          ariaLabel="Filter"
          selectedOption={current ? { value: current.name, label: current.name } : CHANGED}
          options={[optionsOf('For everybody', BUILT_IN), ...(own.length > 0 ? [optionsOf('Yours, in this browser', own)] : [])]}
          onChange={({ detail }) => {
            const chosen = [...BUILT_IN, ...own].find(({ name }) => name === detail.selectedOption.value);
            if (chosen) onChange(chosen.filter);
          }}
        />
        {isOwn ? (
          <Button onClick={() => setOwn(saved.delete(current.name))} nativeButtonAttributes={{ 'data-testid': 'ticket-filter-delete' }}>
            {`Delete “${current.name}”`}
          </Button>
        ) : (
          <Button disabled={current !== undefined} onClick={() => setNaming(true)} nativeButtonAttributes={{ 'data-testid': 'ticket-filter-save' }}>
            Save this filter
          </Button>
        )}
      </SpaceBetween>
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <TextFilter filteringText={filter.text} filteringAriaLabel="Find" filteringPlaceholder="Subject, number or owner" countText={`${found} found`} onChange={({ detail }) => put({ text: detail.filteringText })} />
        <Choice testId="ticket-filter-status" label="Status" options={STATE_CHOICES} value={filter.state} onChange={(state) => put({ state })} />
        <Choice testId="ticket-filter-whose" label="Whose" options={WHOSE_CHOICES} value={filter.whose} onChange={(whose) => put({ whose, owner: '' })} />
        {filter.whose === 'anybody' && (
          <Choice testId="ticket-filter-owner" label="Owner" options={ownerOptions(team, filter.owner)} value={filter.owner} onChange={(owner) => put({ owner })} />
        )}
        <Choice testId="ticket-filter-due" label="Due" options={DUE_CHOICES} value={filter.due} onChange={(due) => put({ due })} />
      </SpaceBetween>
      {isNaming && (
        <NameDialog
          own={own}
          onClose={() => setNaming(false)}
          onNamed={(name) => {
            setOwn(saved.add(name, filter));
            setNaming(false);
          }}
        />
      )}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  testId: string;
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ testId, label, options, value, onChange }: ChoiceProps<T>): ReactNode {
  return (
    <Select
      data-testid={testId}
      ariaLabel={label}
      options={[...options]}
      selectedOption={options.find((each) => each.value === value) ?? null}
      onChange={({ detail }) => {
        const chosen = options.find((each) => each.value === detail.selectedOption.value);
        if (chosen) onChange(chosen.value);
      }}
    />
  );
}

function optionsOf(label: string, filters: readonly NamedFilter[]): { label: string; options: { value: string; label: string }[] } {
  return { label, options: filters.map(({ name }) => ({ value: name, label: name })) };
}

/** A saved filter may name somebody who is not in the team. */
function ownerOptions(team: readonly TeamMember[], owner: string): { value: string; label: string }[] {
  const known = team.map(({ username, name }) => ({ value: username, label: name }));
  const stranger = owner && !team.some(({ username }) => username === owner) ? [{ value: owner, label: owner }] : [];
  return [{ value: '', label: 'Any owner' }, ...known, ...stranger];
}

function NameDialog({ own, onClose, onNamed }: { own: readonly NamedFilter[]; onClose: () => void; onNamed: (name: string) => void }): ReactNode {
  const [name, setName] = useState('');
  const problem = nameProblem(name, own);
  return (
    <Modal
      visible
      header="Save this filter"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" disabled={problem !== null} onClick={() => onNamed(name)} nativeButtonAttributes={{ 'data-testid': 'ticket-filter-save-now' }}>
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <FormField label="Name" description="Kept for you in this browser." errorText={name && problem}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} nativeInputAttributes={{ 'data-testid': 'ticket-filter-name' }} />
      </FormField>
    </Modal>
  );
}
