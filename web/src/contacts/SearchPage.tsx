import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import { HREF } from '../app/routes';

export function SearchPage(): ReactNode {
  const [text, setText] = useState('');
  const contactId = text.trim();
  return (
    <ContentLayout header={<Header variant="h1" description="Every contact can explain itself: each step it took, each block, who it was offered to.">Contacts</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (contactId) window.location.hash = HREF.contact(contactId);
        }}
      >
        <Container>
          <FormField label="Contact id" description="As it stands in a ticket, a report or a record.">
            <SpaceBetween direction="horizontal" size="xs">
              <div className="tl-search">
                <Input
                  type="search"
                  value={text}
                  placeholder="e.g. 8f14e45f-ceea-467f-a9d3-5b1c0a7d2f10"
                  onChange={({ detail }) => setText(detail.value)}
                  nativeInputAttributes={{ 'data-testid': 'contact-search' }}
                />
              </div>
              <Button variant="primary" formAction="submit" disabled={!contactId}>
                Explain
              </Button>
            </SpaceBetween>
          </FormField>
        </Container>
      </form>
    </ContentLayout>
  );
}
