import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { Prompt } from '../api/flows';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';

/** The recordings that flows play. */
export function PromptsPage(): ReactNode {
  const { api } = useServices();
  const { data, error, isLoading, reload } = useLoaded(api.flows.prompts);
  const [text, setText] = useState('');
  if (error) return <Failed title="Prompts could not be loaded" reason={error} onRetry={reload} />;
  const prompts = data?.prompts ?? [];
  const shown = prompts.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  return (
    <Table
      variant="full-page"
      items={shown}
      trackBy="promptId"
      loading={isLoading && !data}
      loadingText="Loading prompts"
      columnDefinitions={[
        { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => <span dir="auto">{name}</span>, minWidth: 240 },
        { id: 'play', header: 'Hear it', cell: (prompt) => data && <Play instanceId={data.instanceId} prompt={prompt} />, minWidth: 320 },
        { id: 'id', header: 'Identifier', cell: ({ promptId }) => <span className="tl-hash">{promptId}</span>, minWidth: 300 },
      ]}
      empty={prompts.length ? <Empty title="No prompt matches" /> : <Empty title="No prompts yet">Flows speak their texts without any. Recordings of your own are added with Amazon Connect's CreatePrompt.</Empty>}
      filter={<TextFilter filteringText={text} filteringPlaceholder="Find prompts" filteringAriaLabel="Find prompts" onChange={({ detail }) => setText(detail.filteringText)} />}
      header={
        <Header
          variant="awsui-h1-sticky"
          counter={data ? `(${prompts.length})` : undefined}
          description="Recordings that flows play by their identifier."
          actions={<Button iconName="refresh" ariaLabel="Load again" onClick={reload} />}
        >
          Prompts
        </Header>
      }
    />
  );
}

function Play({ instanceId, prompt }: { instanceId: string; prompt: Prompt }): ReactNode {
  const { api } = useServices();
  const [url, setUrl] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const load = (): void => {
    setBusy(true);
    setProblem(null);
    api.flows
      .promptUrl(instanceId, prompt.promptId)
      .then(setUrl, (error: unknown) => setProblem(sentence(error)))
      .finally(() => setBusy(false));
  };
  if (url) return <audio className="tl-audio" controls autoPlay src={url} aria-label={prompt.name} onError={() => { setUrl(null); setProblem('It could not be played.'); }} />;
  return (
    <>
      <Button wrapText={false} iconName="caret-right-filled" loading={isBusy} ariaLabel={`Play ${prompt.name}`} onClick={load}>
        Play
      </Button>
      {problem && <span className="tl-error" role="alert"> {problem}</span>}
    </>
  );
}
