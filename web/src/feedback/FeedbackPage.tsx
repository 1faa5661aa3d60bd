import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCallback, useState, type ReactNode } from 'react';
import type { FeedbackResult } from '../api/types';
import { useLoaded } from '../app/hooks';
import { useServices } from '../app/services';
import { Empty, Failed } from '../app/States';
import { GROUPINGS, lastDays, marksText, rateText, rowsOf, spanProblem, type Grouping } from './model';

const USUAL_DAYS = 30;

/** What customers of closed tickets answered, on the days on which the tickets were closed. */
export function FeedbackPage(): ReactNode {
  const { api } = useServices();
  const [span, setSpan] = useState(() => lastDays(USUAL_DAYS, new Date()));
  const [shown, setShown] = useState(span);
  const [grouping, setGrouping] = useState<Grouping>('agents');
  const load = useCallback(() => api.feedback(shown.from, shown.to), [api, shown]);
  const { data, error, isLoading, reload } = useLoaded(load);
  const wrong = spanProblem(span.from, span.to);
  const choose = (part: Partial<typeof span>): void => {
    const next = { ...span, ...part };
    setSpan(next);
    if (spanProblem(next.from, next.to) === null) setShown(next);
  };
  if (error) return <Failed title="Feedback could not be loaded" reason={error} onRetry={reload} />;
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={data ? rowsOf(data, grouping) : []}
      columnDefinitions={columns(grouping)}
      trackBy="key"
      loading={isLoading && !data}
      loadingText="Loading feedback"
      ariaLabels={{ tableLabel: 'Feedback' }}
      filter={
        <SpaceBetween direction="horizontal" size="m">
          <FormField label="From" errorText={wrong}>
            <input className="tl-input" type="date" aria-label="From" data-testid="feedback-from" value={span.from} onChange={(event) => choose({ from: event.target.value })} />
          </FormField>
          <FormField label="To">
            <input className="tl-input" type="date" aria-label="To" data-testid="feedback-to" value={span.to} onChange={(event) => choose({ to: event.target.value })} />
          </FormField>
          <FormField label="By">
            <SegmentedControl label="By" selectedId={grouping} options={GROUPINGS.map(({ id, text }) => ({ id, text }))} onChange={({ detail }) => setGrouping(detail.selectedId as Grouping)} />
          </FormField>
        </SpaceBetween>
      }
      empty={<Empty title="Nobody was asked on these days">Customers are asked when a ticket is closed and the agent chooses how.</Empty>}
      header={
        <Header
          variant="awsui-h1-sticky"
          description={data ? summary(data.all) : 'Tickets are counted on the day on which they were closed.'}
          actions={<Button iconName="refresh" ariaLabel="Load again" onClick={reload} />}
        >
          Feedback
        </Header>
      }
    />
  );
}

function summary({ invited, answered, answerRate, service, solution }: FeedbackResult): string {
  return `${answered} of ${invited} customers answered (${rateText(answerRate)}). Service ${marksText(service)}, solution ${marksText(solution)}; marks from 1 to 5.`;
}

function columns(grouping: Grouping): TableProps.ColumnDefinition<FeedbackResult>[] {
  const group = GROUPINGS.find(({ id }) => id === grouping);
  return [
    { id: 'name', header: group?.one, cell: ({ name }) => name || group?.none, isRowHeader: true, minWidth: 160 },
    { id: 'invited', header: 'Asked', cell: ({ invited }) => invited },
    { id: 'answered', header: 'Answered', cell: ({ answered }) => answered },
    { id: 'rate', header: 'Share', cell: ({ answerRate }) => rateText(answerRate) },
    { id: 'partial', header: 'In part', cell: ({ partial }) => partial },
    { id: 'service', header: 'Service', cell: ({ service }) => marksText(service) },
    { id: 'solution', header: 'Solution', cell: ({ solution }) => marksText(solution) },
  ];
}
