import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useCallback, useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';
import { sentence } from '../api/errors';
import type { Flow, FlowContent, FlowDraft } from '../api/types';
import { moment } from '../app/format';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed, Loading } from '../app/States';
import { readDocument } from './document';
import { FilePicker } from './FilePicker';
import { FindingList } from './FindingList';
import { fileName, indented } from './model';
import { placeOf, syntaxProblem } from './places';
import { PublishDialog } from './PublishDialog';
import { TextEditor, type EditorHandle } from './TextEditor';
import { useWorkbench, type Workbench as Bench } from './useWorkbench';

const FlowPicture = lazy(() => import('./FlowPicture'));

interface Props {
  flow: Flow;
  mayEdit: boolean;
  onDraft: (draft: FlowDraft | null) => void;
  onDone: (text: string, flow?: Flow) => void;
}

/** The draft, or else what is live: as a picture and as text, with what is wrong with it. */
export function Workbench(props: Props): ReactNode {
  const { api } = useServices();
  const { flowId } = props.flow;
  const load = useCallback(() => api.flows.content(flowId, null), [api, flowId]);
  const { data, error, isLoading, reload } = useLoaded(load);
  if (isLoading) return <Loading>Loading the content</Loading>;
  if (!data) return <Failed title="The content could not be loaded" reason={error ?? ''} onRetry={reload} />;
  return <Loaded {...props} loaded={data} onReload={reload} />;
}

function Loaded({ flow, mayEdit, onDraft, onDone, loaded, onReload }: Props & { loaded: FlowContent; onReload: () => void }): ReactNode {
  const bench = useWorkbench(flow, loaded, onDraft);
  const [isPublishing, setPublishing] = useState(false);
  const discard = (): void => {
    void bench.discard().then((isGone) => {
      if (!isGone) return;
      onReload();
      onDone('The draft is gone; you see what is live.');
    });
  };
  const publish = async (): Promise<void> => {
    if (bench.isDirty && !(await bench.save())) return;
    setPublishing(true);
  };
  const canPublish = flow.liveVersion === 0 || bench.isDirty || bench.draft !== null;
  return (
    <SpaceBetween size="m">
      {mayEdit && <Notes bench={bench} onTakeTheirs={() => { bench.takeTheirs(); onReload(); onDone('You see their draft now.'); }} />}
      <Container>
        <Views
          bench={bench}
          mayEdit={mayEdit}
          actions={
            mayEdit && (
              <SpaceBetween direction="horizontal" size="xs">
                <Tools flow={flow} bench={bench} onDiscard={discard} />
                <Button loading={bench.isBusy} disabled={!bench.isDirty} onClick={() => void bench.save()} nativeButtonAttributes={{ 'data-testid': 'flow-save' }}>
                  Save draft
                </Button>
                <Button variant="primary" disabled={!canPublish || bench.isBusy} onClick={() => void publish()} nativeButtonAttributes={{ 'data-testid': 'flow-publish' }}>
                  Publish…
                </Button>
              </SpaceBetween>
            )
          }
        />
      </Container>
      {isPublishing && (
        <PublishDialog
          flow={flow}
          findings={bench.findings}
          onClose={() => setPublishing(false)}
          onPublished={(version, changed) => {
            bench.forget();
            setPublishing(false);
            onDone(publishedWords(version, changed.liveVersion === version), changed);
          }}
          onTakeTheirs={() => {
            setPublishing(false);
            discard();
          }}
        />
      )}
    </SpaceBetween>
  );
}

function publishedWords(version: number, isLive: boolean): string {
  if (isLive) return `Version ${version} is live. New contacts get it within 5 seconds; those in progress stay on theirs.`;
  return `Version ${version} is there. Nobody gets it until you start a canary with it.`;
}

function Notes({ bench, onTakeTheirs }: { bench: Bench; onTakeTheirs: () => void }): ReactNode {
  return (
    <>
      {bench.problem && <Alert type="error" header="The draft was not saved">{bench.problem}</Alert>}
      {bench.theirs && (
        <Alert
          type="warning"
          header={bench.theirs.revision ? `${bench.theirs.savedBy ?? 'Somebody'} saved this draft on ${moment(bench.theirs.savedAt)}, after you had opened it` : 'Somebody has published or discarded this draft'}
          action={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={onTakeTheirs}>Take theirs</Button>
              <Button onClick={() => void bench.saveOver()}>Keep mine</Button>
            </SpaceBetween>
          }
        >
          Keep yours and theirs is replaced, or take theirs and what you typed is gone. Download yours first if you are not sure.
        </Alert>
      )}
      {bench.wasKept && bench.isDirty && !bench.theirs && (
        <Alert type="info">What you typed here before and did not save is still there. Save it, or discard it under More.</Alert>
      )}
    </>
  );
}

interface ToolsProps {
  flow: Flow;
  bench: Bench;
  onDiscard: () => void;
}

function Tools({ flow, bench, onDiscard }: ToolsProps): ReactNode {
  const { api } = useServices();
  const [problem, setProblem] = useState<string | null>(null);
  const bring = (text: string): void => {
    setProblem(null);
    api.flows.imported(text).then(bench.type, (error: unknown) => setProblem(sentence(error)));
  };
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {problem && <span className="tl-error" role="alert">{problem}</span>}
      <FilePicker onPicked={bring} onFailed={setProblem}>
        Import
      </FilePicker>
      <ButtonDropdown
        items={[
          { id: 'download', text: 'Download', iconName: 'download' },
          { id: 'indent', text: 'Indent the text', disabled: indented(bench.text) === bench.text },
          { id: 'discard', text: 'Discard the draft', disabled: !bench.isDirty && !bench.draft },
        ]}
        onItemClick={({ detail }) => {
          if (detail.id === 'download') download(fileName(flow.name, bench.draft || bench.isDirty ? 'draft' : flow.liveVersion), bench.text);
          if (detail.id === 'indent') bench.type(indented(bench.text));
          if (detail.id === 'discard') onDiscard();
        }}
      >
        More
      </ButtonDropdown>
    </SpaceBetween>
  );
}

type ViewName = 'picture' | 'text';

function Views({ bench, mayEdit, actions }: { bench: Bench; mayEdit: boolean; actions: ReactNode }): ReactNode {
  const [view, setView] = useState<ViewName>('picture');
  const [selected, setSelected] = useState<string | null>(null);
  const editor = useRef<EditorHandle>(null);
  const text = useDeferredValue(bench.text);
  const document = useMemo(() => readDocument(text), [text]);
  const broken = useMemo(() => syntaxProblem(text), [text]);
  const show = (block: string, path: string): void => {
    if (block) setSelected(block);
    const place = placeOf(bench.text, path);
    if (place) editor.current?.show(place);
  };
  return (
    <>
      <div className="tl-flow-bar">
        <SegmentedControl
          label="How to see the flow"
          selectedId={view}
          options={[
            { id: 'picture', text: 'Picture' },
            { id: 'text', text: 'Text' },
          ]}
          onChange={({ detail }) => setView(detail.selectedId as ViewName)}
        />
        <span className="tl-spacer" />
        {actions}
      </div>
      <div className="tl-flow-views">
        <div hidden={view !== 'text'}>
          <TextEditor ref={editor} text={bench.text} isReadOnly={!mayEdit} onChange={bench.type} />
        </div>
        {view === 'picture' && document && (
          <Suspense fallback={<Loading>Drawing the flow</Loading>}>
            <FlowPicture key={document.start} flow={document} findings={bench.findings} selected={selected} onSelect={setSelected} />
          </Suspense>
        )}
        {view === 'picture' && !document && <Empty title="There is nothing to draw">{broken ?? 'The text has no blocks.'}</Empty>}
        <FindingList findings={bench.findings} broken={broken} isStale={bench.isDirty} selected={selected} onChoose={({ block, path }) => show(block, path)} />
      </div>
    </>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
