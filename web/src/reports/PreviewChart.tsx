import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import LineChart from '@cloudscape-design/components/line-chart';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import type { ReportPreview } from '../api/reports';
import { spaced } from '../app/format';
import { Empty } from '../app/States';
import { chartOf, domainOf, drawable, tickText, type Chart } from './preview';

/** One column of numbers drawn over the first key; which one is chosen by the reader. */
export function PreviewChart({ preview }: { preview: ReportPreview }): ReactNode {
  const metrics = drawable(preview);
  const [chosen, setChosen] = useState<string | null>(null);
  const metric = chosen !== null && metrics.includes(chosen) ? chosen : metrics[0];
  if (metric === undefined) return <Empty title="Nothing to draw">This report has no column of numbers.</Empty>;
  const chart = chartOf(preview, metric);
  return (
    <SpaceBetween size="m">
      <FormField label="Column">
        <Select
          data-testid="report-metric"
          selectedOption={{ value: metric, label: words(metric) }}
          options={metrics.map((name) => ({ value: name, label: words(name) }))}
          onChange={({ detail }) => setChosen(detail.selectedOption.value ?? null)}
        />
      </FormField>
      {chart ? <Drawn chart={chart} metric={metric} /> : <Empty title="No numbers">Every cell of this column is empty.</Empty>}
      <Limits chart={chart} preview={preview} />
    </SpaceBetween>
  );
}

function Drawn({ chart, metric }: { chart: Chart; metric: string }): ReactNode {
  const common = { height: 320, hideFilter: true, xTitle: words(chart.over), yTitle: words(metric), ariaLabel: `${words(metric)} by ${words(chart.over)}`, xDomain: domainOf(chart), xScaleType: 'categorical' as const, xTickFormatter: tickText };
  return (
    <div data-testid="report-chart">
      {chart.kind === 'line' ? (
        <LineChart {...common} series={chart.series.map(({ title, points }) => ({ title, type: 'line' as const, data: points }))} />
      ) : (
        <BarChart {...common} series={chart.series.map(({ title, points }) => ({ title, type: 'bar' as const, data: points }))} />
      )}
    </div>
  );
}

function Limits({ chart, preview: { rows, rowCount } }: { chart: Chart | null; preview: ReportPreview }): ReactNode {
  const said = [
    rows.length < rowCount ? `Drawn from the first ${rows.length} of ${rowCount.toLocaleString('en')} rows.` : '',
    chart && chart.left > 0 ? `${chart.left} more lines are not drawn.` : '',
  ].filter(Boolean);
  return said.length > 0 && <Box color="text-body-secondary">{said.join(' ')}</Box>;
}

/** `average_handle_time` reads as `Average handle time`. */
function words(name: string): string {
  return spaced(name.replaceAll('_', ' '));
}
