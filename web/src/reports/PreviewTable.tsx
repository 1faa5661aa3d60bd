import Box from '@cloudscape-design/components/box';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { ReportPreview, RowChange } from '../api/reports';
import { Empty } from '../app/States';
import { cellText, isNumber, keyText, widthOf } from './preview';

/** The first rows of the file, each cell as it stands there. */
export function PreviewTable({ preview }: { preview: ReportPreview }): ReactNode {
  const { columns, rows, rowCount } = preview;
  const definitions: TableProps.ColumnDefinition<string[]>[] = columns.map((column, n) => ({
    id: `${n} ${column.name}`,
    header: column.name,
    isRowHeader: n === 0,
    minWidth: widthOf(column.name, rows.map((row) => row[n] ?? '')),
    cell: (row) => (
      <span dir="auto" className={isNumber(column) ? 'tl-cell-number' : 'tl-cell'}>
        {cellText(row[n])}
      </span>
    ),
  }));
  return (
    <div data-testid="report-rows">
      <Table
        variant="embedded"
        items={rows}
        columnDefinitions={definitions}
        ariaLabels={{ tableLabel: 'First rows of the file' }}
        empty={<Empty title="No rows">Nothing of this kind happened in the period. The file has its header, and nothing else.</Empty>}
        footer={rows.length < rowCount && <Box color="text-body-secondary">{`The first ${rows.length.toLocaleString('en')} of ${rowCount.toLocaleString('en')} rows; the files have all of them.`}</Box>}
      />
    </div>
  );
}

/** What this revision says differently from the one before it. */
export function ChangedRows({ preview }: { preview: ReportPreview }): ReactNode {
  const { changedRows, changedCount } = preview;
  if (changedCount === null) return <Empty title="The first revision">There is none before it that it could differ from.</Empty>;
  return (
    <div data-testid="report-changes">
      <Table
        variant="embedded"
        items={changedRows}
        columnDefinitions={CHANGE_COLUMNS}
        wrapLines
        ariaLabels={{ tableLabel: 'Changed rows' }}
        empty={<Empty title="No row differs">The revision before was made while the period still ran, or of another shape.</Empty>}
        footer={changedRows.length < changedCount && <Box color="text-body-secondary">{`The first ${changedRows.length} of ${changedCount.toLocaleString('en')} changed rows; the manifest names all of them.`}</Box>}
      />
    </div>
  );
}

const CHANGE_COLUMNS: TableProps.ColumnDefinition<RowChange>[] = [
  { id: 'row', header: 'Row', cell: (change) => <span dir="auto">{keyText(change)}</span>, isRowHeader: true, minWidth: 200 },
  { id: 'kind', header: 'Change', cell: ({ kind }) => kind, width: 110 },
  {
    id: 'columns',
    header: 'Before and after',
    cell: ({ columns }) => (
      <ul className="tl-plain-list">
        {Object.entries(columns).map(([name, [before, after]]) => (
          <li key={name}>
            {name}: <bdi>{cellText(before)}</bdi> → <bdi>{cellText(after)}</bdi>
          </li>
        ))}
      </ul>
    ),
    minWidth: 260,
  },
];
