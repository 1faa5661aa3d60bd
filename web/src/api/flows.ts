import type { Method } from './rest';
import type { Canary, Flow, FlowChange, FlowContent, FlowDiff, FlowDraft, FlowVersion, Finding } from './types';

export type VersionName = number | 'draft';

export interface NewFlow {
  instanceId: string;
  name: string;
  type: string;
  description: string;
  content: string;
}

export interface CanaryWish {
  version: number;
  percent: number;
  errorRate: number;
  windowSeconds: number;
  minimumContacts: number;
}

export interface Prompt {
  promptId: string;
  name: string;
}

type Request = <T>(method: Method, path: string, body?: unknown) => Promise<T>;

const ENOUGH = 100; // a page of Amazon Connect's lists

/** The doors for flows: ours under `/v1/flows`, and Amazon Connect's where it has one. */
export class Flows {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  list = (): Promise<{ instanceId: string; flows: Flow[] }> => this.#request('GET', '/v1/flows');

  flow = (flowId: string): Promise<Flow> => this.#request('GET', at(flowId));

  content = (flowId: string, of: VersionName | null): Promise<FlowContent> => this.#request('GET', `${at(flowId)}/content${of === null ? '' : `?of=${of}`}`);

  versions = async (flowId: string): Promise<FlowVersion[]> => {
    const { versions } = await this.#request<{ versions: FlowVersion[] }>('GET', `${at(flowId)}/versions`);
    return versions;
  };

  diff = (flowId: string, from: VersionName, to: VersionName): Promise<FlowDiff> => this.#request('GET', `${at(flowId)}/diff?from=${from}&to=${to}`);

  /** An export of any age, as it can be edited. */
  imported = async (content: string): Promise<string> => {
    const today = await this.#request<{ content: string }>('POST', '/v1/flows/import', { content });
    return today.content;
  };

  saveDraft = (flowId: string, content: string, basedOn: number): Promise<{ draft: FlowDraft; findings: Finding[] }> =>
    this.#request('PUT', `${at(flowId)}/draft`, { content, basedOn });

  discardDraft = async (flowId: string): Promise<void> => {
    await this.#request('DELETE', `${at(flowId)}/draft`);
  };

  /** The draft becomes a version: live at once, or there to be tried as a canary first. */
  publish = (flowId: string, basedOn: number, note: string, isLive: boolean): Promise<{ flow: Flow; version: number }> =>
    this.#request('POST', `${at(flowId)}/publish`, { basedOn, isLive, ...(note ? { note } : {}) });

  rollBack = (flowId: string, version: number): Promise<Flow> => this.#request('POST', `${at(flowId)}/rollback`, { version });

  canary = (flowId: string): Promise<CanaryStanding> => this.#request('GET', `${at(flowId)}/canary`);

  startCanary = (flowId: string, wish: CanaryWish): Promise<CanaryStanding> => this.#request('PUT', `${at(flowId)}/canary`, wish);

  endCanary = (flowId: string): Promise<CanaryStanding> => this.#request('DELETE', `${at(flowId)}/canary`);

  promoteCanary = (flowId: string): Promise<CanaryStanding> => this.#request('POST', `${at(flowId)}/canary/promote`, {});

  /** A flow that is not published yet; its content may be unfinished. */
  create = async ({ instanceId, name, type, description, content }: NewFlow): Promise<string> => {
    const body = { Name: name, Content: content, Description: description };
    if (type === 'MODULE') {
      const { Id } = await this.#request<{ Id: string }>('PUT', `/contact-flow-modules/${segment(instanceId)}`, body);
      return Id;
    }
    const made = await this.#request<{ ContactFlowId: string }>('PUT', `/contact-flows/${segment(instanceId)}`, { ...body, Type: type, Status: 'SAVED' });
    return made.ContactFlowId;
  };

  tag = async (arn: string, tags: Record<string, string>): Promise<void> => {
    await this.#request('POST', `/tags/${segment(arn)}`, { tags });
  };

  untag = async (arn: string, key: string): Promise<void> => {
    await this.#request('DELETE', `/tags/${segment(arn)}?tagKeys=${segment(key)}`);
  };

  prompts = async (): Promise<{ instanceId: string; prompts: Prompt[] }> => {
    const { instanceId } = await this.list();
    const { PromptSummaryList: found } = await this.#request<{ PromptSummaryList: { Id: string; Name: string }[] }>(
      'GET',
      `/prompts-summary/${segment(instanceId)}?maxResults=${ENOUGH}`,
    );
    return { instanceId, prompts: found.map(({ Id, Name }) => ({ promptId: Id, name: Name })) };
  };

  /** An address that plays the prompt for a while. */
  promptUrl = async (instanceId: string, promptId: string): Promise<string> => {
    const path = `/prompts/${segment(instanceId)}/${segment(promptId)}/file`;
    const { PromptPresignedUrl: url } = await this.#request<{ PromptPresignedUrl: string }>('GET', path);
    return url;
  };
}

export interface CanaryCounts {
  contacts: number;
  errors: number;
}

/** A canary with what was counted of both versions, the live one first. */
export interface CanaryStanding {
  canary: Canary;
  isRunning: boolean;
  versions: {
    version: number;
    /** Within the canary's window. */
    recently: CanaryCounts;
    /** Since it began. */
    overall: CanaryCounts;
  }[];
}

/** What stood in the way of a publication: the version that somebody else made live meanwhile. */
export interface PublishedMeanwhile {
  version: number;
  publishedAt: string | null;
  publishedBy: string | null;
  note: string | null;
  changes: FlowChange[];
}

const segment = encodeURIComponent;

function at(flowId: string): string {
  return `/v1/flows/${segment(flowId)}`;
}
