import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Customer, Found } from '../api/customers';
import { Empty } from '../app/States';
import { nameOf, waysText } from './model';

interface Props {
  found: Found;
  text: string;
  /** What can be done with one of them. */
  action: (customer: Customer) => ReactNode;
}

/** Everybody who fits, and by what; who is meant is for a person to say. */
export function Matches({ found: { matches, isAmbiguous, isComplete }, text, action }: Props): ReactNode {
  if (matches.length === 0) return <Empty title="Nobody fits">{`No number, name, ticket, address or account is “${text}”.`}</Empty>;
  return (
    <SpaceBetween size="s">
      {isAmbiguous && (
        <Alert type="info" header={`${matches.length} customers fit`}>
          None was chosen. Ask who it is before you open one.
        </Alert>
      )}
      {!isComplete && <Alert type="warning">More names begin like this than are shown. Type more of it.</Alert>}
      <ul className="tl-rows" data-testid="customer-matches">
        {matches.map(({ customer, matchedBy }) => (
          <li key={customer.customerId} data-testid="customer-match" data-customer-id={customer.customerId}>
            <div className="tl-row-main">
              <bdi>{nameOf(customer)}</bdi>
              {action(customer)}
            </div>
            <div className="tl-secondary">{[...customer.phones, ...customer.emails].join(' · ') || 'No number, no address'}</div>
            <div className="tl-secondary">Found by {waysText(matchedBy)}</div>
          </li>
        ))}
      </ul>
    </SpaceBetween>
  );
}
