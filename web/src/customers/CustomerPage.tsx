import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, type ReactNode } from 'react';
import type { Customer, CustomerFile } from '../api/customers';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { ErasurePanel } from './ErasurePanel';
import { History } from './History';
import { MergePanel } from './MergePanel';
import { factsOf, mayDo, nameOf } from './model';
import { CustomerTickets } from './CustomerTickets';

/** One customer; each role sees what it may: what is known, who is the same person, how it is forgotten. */
export function CustomerPage({ customerId }: { customerId: string }): ReactNode {
  const { me } = useServices();
  if (mayDo(me.groups).read) return <Read customerId={customerId} />;
  return (
    <ContentLayout header={<PageHeader name="Customer" customerId={customerId} />}>
      <ErasurePanel customerId={customerId} />
    </ContentLayout>
  );
}

function Read({ customerId }: { customerId: string }): ReactNode {
  const { api, me } = useServices();
  const load = useCallback(() => api.customers.file(customerId), [api, customerId]);
  const { data: file, error, isLoading, reload } = useLoaded(load);
  if (!file && isLoading) return <Loading>Loading the customer</Loading>;
  if (!file) return <Failed title="The customer could not be loaded" reason={error ?? ''} onRetry={reload} />;
  const { customer, history } = file;
  const may = mayDo(me.groups);
  return (
    <ContentLayout header={<PageHeader name={nameOf(customer)} customerId={customer.customerId} onReload={reload} />}>
      <SpaceBetween size="l">
        {error && <Alert type="error">{error}</Alert>}
        <Notes file={file} />
        <div className="tl-two-columns">
          <SpaceBetween size="l">
            <CustomerTickets customerId={customer.customerId} />
            <History history={history} />
          </SpaceBetween>
          <SpaceBetween size="l">
            <Known customer={customer} />
            {may.merge && <MergePanel customer={customer} onDone={reload} />}
            {may.erase && <ErasurePanel customerId={customer.customerId} onErased={reload} />}
          </SpaceBetween>
        </div>
      </SpaceBetween>
    </ContentLayout>
  );
}

function PageHeader({ name, customerId, onReload }: { name: string; customerId: string; onReload?: () => void }): ReactNode {
  return (
    <Header
      variant="h1"
      description={<CopyToClipboard variant="inline" copyButtonAriaLabel="Copy customer id" textToCopy={customerId} copySuccessText="Customer id copied" copyErrorText="Not copied" />}
      actions={onReload && <Button iconName="refresh" ariaLabel="Load again" onClick={onReload} />}
    >
      <span dir="auto" data-testid="customer-name">
        {name}
      </span>
    </Header>
  );
}

/** What has to be known before anything else is read. */
function Notes({ file: { customer, redirectedFrom } }: { file: CustomerFile }): ReactNode {
  const { erasure, holds } = customer;
  const hold = holds.at(-1);
  return (
    <>
      {redirectedFrom && <Alert type="info">{`${redirectedFrom} was merged into this customer.`}</Alert>}
      {erasure && <Alert type="info">{`Forgotten ${moment(erasure.at)}, by ${erasure.by}. Only what is counted is left.`}</Alert>}
      {hold?.isHeld && <Alert type="warning">{`Under legal hold since ${moment(hold.at)}, by ${hold.by}: ${hold.reason}`}</Alert>}
    </>
  );
}

function Known({ customer }: { customer: Customer }): ReactNode {
  const facts = factsOf(customer);
  return (
    <Container header={<Header variant="h2">What is known</Header>}>
      <SpaceBetween size="m">
        {facts.length === 0 && <Empty title="Nothing is known" />}
        <KeyValuePairs
          columns={1}
          items={[
            ...facts.map(({ label, values }) => ({
              label,
              value: values.map((value) => (
                <div key={value} dir="auto">
                  {value}
                </div>
              )),
            })),
            { label: 'Known since', value: `${moment(customer.createdAt)}, ${customer.createdBy}` },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
