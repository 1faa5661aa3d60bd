import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { HREF } from '../app/routes';
import { useServices } from '../app/services';
import { Matches } from './Matches';
import { mayDo } from './model';
import { SearchBox } from './SearchBox';
import { useSearch } from './useSearch';

/** Who somebody is, from whatever is known of them; whoever may not read customers opens one by its id. */
export function CustomersPage(): ReactNode {
  const { me } = useServices();
  return (
    <ContentLayout header={<Header variant="h1">Customers</Header>}>
      <Container>{mayDo(me.groups).read ? <Finder /> : <ById />}</Container>
    </ContentLayout>
  );
}

function Finder(): ReactNode {
  const search = useSearch();
  return (
    <SpaceBetween size="l">
      <SearchBox
        label="Find a customer"
        description="A number in any spelling, part of a name, a ticket's number, an e-mail address, an account number or a customer's id."
        button="Find"
        refusal={search.refusal}
        isBusy={search.isBusy}
        onSearch={search.run}
      />
      {search.found && (
        <Matches
          found={search.found}
          text={search.text}
          action={({ customerId }) => (
            <Link href={HREF.customer(customerId)} ariaLabel={`Open ${customerId}`}>
              Open
            </Link>
          )}
        />
      )}
    </SpaceBetween>
  );
}

function ById(): ReactNode {
  const open = (customerId: string): void => {
    window.location.hash = HREF.customer(customerId);
  };
  return (
    <SearchBox label="Customer's id" description="As it stands in a ticket or in a request to be forgotten, e.g. C-4f2a…" button="Open" refusal={null} isBusy={false} onSearch={open} />
  );
}
