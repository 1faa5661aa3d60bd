import { ApiError } from './errors';
import { query, type Method } from './rest';
import type { Grain, ReportRun } from './types';

export type ColumnType = 'text' | 'day' | 'moment' | 'whole' | 'decimal' | 'amount';

export interface PreviewColumn {
  name: string;
  type: ColumnType;
  role: 'key' | 'detail' | 'metric';
}

export interface RowChange {
  kind: 'added' | 'changed' | 'removed';
  key: Record<string, string>;
  /** Before and after, of the columns that differ. */
  columns: Record<string, [string, string]>;
}

/** The first rows of a report's CSV file, cell by cell as they stand there; an empty text is an empty cell. */
export interface ReportPreview {
  report: string;
  title: string;
  period: string;
  revision: number;
  isProvisional: boolean;
  columns: PreviewColumn[];
  rows: string[][];
  /** Of the whole file. */
  rowCount: number;
  /** null: no revision came before this one. */
  changedCount: number | null;
  changedRows: RowChange[];
}

/** When a report is due; `due` is a time of day by the clocks of `zone`. */
export interface ReportSchedule {
  report: string;
  title: string;
  grain: Grain;
  zone: string;
  due: string;
  formats: string[];
  nextPeriod: string;
  nextDueAt: string;
  /** Periods that should be there and are not, oldest first. */
  late: string[];
  lastPeriod: string | null;
  lastRevision: number | null;
  lastBuiltAt: string | null;
}

/** Reports that are brought to a place of their own; `prefix` lies in the bucket of exports. */
export interface Delivery {
  name: string;
  reports: string[];
  emails: string[];
  prefix: string;
  /** Who set it up so. */
  by: string;
}

export type Lack = 'RECORD' | 'ONE_RECORD' | 'AUDIO' | 'OBJECT' | 'CHECKSUM';

export interface Missing {
  lack: Lack;
  contactId: string;
  segment: string | null;
  key: string | null;
  /** It was made again since. */
  isRebuilt: boolean;
}

/** Whether each contact that ended on a day has its record, and each record its audio. */
export interface Reconciliation {
  day: string;
  at: string;
  contacts: number;
  /** Still wrapped up then, and without a record for that reason. */
  goingOn: number;
  records: number;
  /** That should have audio. */
  recorded: number;
  segments: number;
  missing: Missing[];
}

/** What one goal of one agent was worth; amounts and figures are text, as they were paid. */
export interface RewardLine {
  lineId: string;
  agentId: string;
  /** null: nobody is called by this id any more. */
  agentName: string | null;
  /** The month it is about; another one than that of the payout, where figures were corrected. */
  earnedIn: string;
  goalId: string;
  figure: string | null;
  atLeast: string | null;
  isProRata: boolean;
  days: number;
  periodDays: number;
  amount: string;
}

export interface Rewards {
  period: string;
  currency: string;
  total: string;
  lines: RewardLine[];
  madeAt: string;
  /** Of the file; null for who sees only what is theirs. */
  url: string | null;
}

type Request = <T>(method: Method, path: string, body?: unknown) => Promise<T>;

/** The doors for whoever reads reports. */
export class Reports {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  runs = async (): Promise<ReportRun[]> => {
    const { runs } = await this.#request<{ runs: ReportRun[] }>('GET', '/v1/reports');
    return runs;
  };

  /** Every revision of every report of one period. */
  of = async (period: string): Promise<ReportRun[]> => {
    const { runs } = await this.#request<{ runs: ReportRun[] }>('GET', at(period));
    return runs;
  };

  build = async (period: string): Promise<void> => {
    await this.#request('POST', at(period), {});
  };

  preview = (report: string, period: string, revision: number): Promise<ReportPreview> =>
    this.#request('GET', `${at(period)}/preview${query({ report, revision: String(revision) })}`);

  schedules = async (): Promise<ReportSchedule[]> => {
    const { schedules } = await this.#request<{ schedules: ReportSchedule[] }>('GET', '/v1/report-schedules');
    return schedules;
  };

  deliveries = async (): Promise<Delivery[]> => {
    const { deliveries } = await this.#request<{ deliveries: Delivery[] }>('GET', '/v1/report-deliveries');
    return deliveries;
  };

  keepDelivery = (name: string, wanted: { reports: string[]; emails: string[] }): Promise<Delivery> =>
    this.#request('PUT', delivery(name), wanted);

  withdrawDelivery = async (name: string): Promise<void> => {
    await this.#request('DELETE', delivery(name));
  };

  /** null: nobody has looked yet. */
  reconciliation = (day: string): Promise<Reconciliation | null> => this.#found(reconciliation(day));

  reconcile = async (day: string): Promise<void> => {
    await this.#request('POST', reconciliation(day), {});
  };

  /** null: they are not paid yet. */
  rewards = (month: string): Promise<Rewards | null> => this.#found(rewards(month));

  pay = (month: string): Promise<Rewards> => this.#request('POST', rewards(month), {});

  /** null: there is no such thing yet. */
  async #found<T>(path: string): Promise<T | null> {
    try {
      return await this.#request<T>('GET', path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }
}

function reconciliation(day: string): string {
  return `/v1/reconciliations/${encodeURIComponent(day)}`;
}

function rewards(month: string): string {
  return `/v1/rewards/${encodeURIComponent(month)}`;
}

function delivery(name: string): string {
  return `/v1/report-deliveries/${encodeURIComponent(name)}`;
}

function at(period: string): string {
  return `/v1/reports/${encodeURIComponent(period)}`;
}
