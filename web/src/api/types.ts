/** The shapes that cross the doors, as docs/protocol.md states them. */

export type Group = 'agent' | 'supervisor' | 'trainee' | 'admin' | 'finance';
export type Channel = 'VOICE' | 'CHAT' | 'TASK' | 'EMAIL';

export interface Settings {
  centerName: string;
  region: string;
  userPoolId: string;
  clientId: string;
  cognitoEndpoint: string | null;
  websocketUrl: string;
}

export interface Named {
  id: string;
  name: string;
}

export type StatusType = 'ROUTABLE' | 'CUSTOM' | 'OFFLINE';

export interface AgentStatusChoice {
  name: string;
  type: StatusType;
}

export interface Disposition {
  id: string;
  label: string;
  queueIds: string[];
}

export interface AgentSetup {
  agentId: string;
  routingProfile: { id: string; name: string; queues: QueueSetup[] };
  statuses: AgentStatusChoice[];
  dispositions: Disposition[];
  iceServers: RTCIceServer[];
}

export interface QueueSetup extends Named {
  closingScript?: string | null;
}

export interface Me {
  username: string;
  name: string;
  groups: Group[];
  agent: AgentSetup | null;
}

export type DeskContactState = 'CONNECTING' | 'CONNECTED' | 'ENDED' | 'MISSED';

export interface DeskContact {
  contactId: string;
  channel: Channel;
  state: DeskContactState;
  since: string;
  offerId: string | null;
  expiresAt: string | null;
  acwEndsAt: string | null;
  queueName: string;
  customerName: string | null;
  customerEndpoint: string | null;
  isRecorded: boolean;
  /** With the customer: no whisper runs, and nobody is on hold. */
  isJoined: boolean;
  /** This agent has called a colleague: the sound is that of a customer's end. */
  isCaller?: boolean;
  /** Who is on hold; `CONTACT`: a task that was put aside. */
  held: 'CUSTOMER' | 'AGENT' | 'CONTACT' | null;
  /** The number on which the agent talks; null: at the desk. */
  line?: string | null;
}

export interface Agent {
  agentId: string;
  username: string;
  name: string;
  status: { name: string; type: StatusType; since: string };
  nextStatus: { name: string } | null;
  /** Where calls ring too, until the agent goes offline. */
  forwardTo?: string | null;
  /** Offers are taken without a click. */
  autoAccept?: boolean;
  contacts: DeskContact[];
}

/** Where an agent sends a contact with one click; `isThere`: nobody has to be waited for who is not signed in. */
export interface QuickConnect {
  quickConnectId: string;
  name: string;
  type: 'USER' | 'QUEUE' | 'PHONE_NUMBER' | 'FLOW';
  description: string;
  isThere: boolean;
}

export interface Colleague {
  agentId: string;
  name: string;
  status: string;
  isFree: boolean;
}

export type DeskEventKind =
  | 'StatusChanged'
  | 'ContactOffered'
  | 'OfferEnded'
  | 'ContactConnected'
  | 'ContactJoined'
  | 'ContactHeld'
  | 'ContactResumed'
  | 'ContactDisconnected'
  | 'ContactCompleted';

export interface DeskSnapshot {
  type: 'snapshot';
  seq: number;
  agent: Agent;
}

export interface DeskEvent {
  type: 'event';
  seq: number;
  kind: DeskEventKind;
  at: string;
  agent: Agent;
  contactId?: string | null;
  /** The supervisor who wished it; null: the agent, or nobody in particular. */
  by?: string | null;
}

/** The last word of the server to a desk that another one has replaced; it carries no state. */
export interface DeskTakenOver {
  type: 'event';
  seq: number;
  kind: 'SignedInElsewhere';
}

export interface DeskReply {
  type: 'reply';
  requestId: string;
  ok: boolean;
  error?: { message: string; field?: string | null; value?: unknown };
  /** Of a call that was made; with the other two, of one to a colleague. */
  contactId?: string;
  participantToken?: string;
  websocketUrl?: string;
}

/** What a flow plays or shows to the agent alone; its commands are read by whoever carries them out. */
export interface DeskTurn {
  type: 'turn';
  contactId: string;
  leg: 'AGENT' | 'GUIDE';
  seq: number;
  commands: unknown[];
}

export type DeskMessage = DeskSnapshot | DeskEvent | DeskTakenOver | DeskReply | DeskTurn;

export interface WrapUpTicket {
  ticketId: string | null;
  status: TicketStatus;
  subject: string;
  feedback?: AskBy;
}

export type DeskCommand =
  | { type: 'status'; name: string }
  | { type: 'forward'; phoneNumber: string | null }
  | { type: 'accept'; contactId: string; offerId: string }
  | { type: 'reject'; contactId: string; offerId: string }
  | { type: 'hangup'; contactId: string }
  | { type: 'clear'; contactId: string }
  | { type: 'call'; agentId: string }
  | { type: 'call'; phoneNumber: string }
  | { type: 'transfer'; contactId: string; quickConnectId: string }
  | { type: 'hold'; contactId: string }
  | { type: 'resume'; contactId: string }
  | { type: 'played' | 'timeout'; contactId: string; wait: number }
  | { type: 'acted'; contactId: string; wait: number; action: string; data: Readonly<Record<string, unknown>> }
  | { type: 'complete'; contactId: string; disposition: string; satisfied: boolean; note: string; ticket: WrapUpTicket }
  | { type: 'chat'; contactId: string; content: string }
  | { type: 'typing'; contactId: string };

/** A message or event of a chat, in Amazon Connect's shape. */
export interface Item {
  Id: string;
  AbsoluteTime: string;
  Type: string;
  ContactId?: string;
  Content?: string;
  ContentType?: string;
  ParticipantId?: string;
  ParticipantRole?: string;
  DisplayName?: string;
  MessageMetadata?: { MessageId?: string; Receipts?: { DeliveredTimestamp?: string; ReadTimestamp?: string }[] };
}

export interface RecordingRef {
  segment: string;
  seconds: number;
}

export interface PastContact {
  contactId: string;
  channel: Channel;
  initiatedAt: string;
  queueName: string | null;
  agentName: string | null;
  disposition: string | null;
  durationSeconds: number | null;
  recordings: RecordingRef[];
}

export interface OpenTicket {
  ticketId: string;
  subject: string;
  status: TicketStatus;
  updatedAt: string;
  owner: string | null;
  version: number;
}

export interface ScreenPop {
  contactId: string;
  channel: Channel;
  queue: Named | null;
  waitSeconds: number;
  customerEndpoint: string | null;
  attributes: Record<string, string>;
  /** Amazon Connect's: INBOUND, CALLBACK, API … */
  initiationMethod: string;
  /** What it is about, where somebody said so. */
  subject: { name: string; description: string; references: { name: string; type: string; value: string }[] } | null;
  customer: { customerId: string; name: string | null; language: string | null; phones: string[]; emails: string[] } | null;
  candidates: { customerId: string; name: string | null }[];
  historyState: 'ready' | 'unavailable';
  history: PastContact[];
  tickets: OpenTicket[];
}

export type TicketStatus = 'open' | 'follow-up' | 'resolved' | 'closed';

export interface Ticket {
  ticketId: string;
  version: number;
  status: TicketStatus;
  subject: string;
  customerId: string | null;
  contactIds: string[];
  owner: string | null;
  dueAt: string | null;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  /** The ticket this one follows, which was closed too long ago to open again. */
  follows: string | null;
  /** What it is: some kinds are promised something. Empty for none. */
  kind: string;
  sla: Sla | null;
  asked: Asked | null;
  links: { kind: 'relates' | 'duplicates'; ticketId: string }[];
  /** How the customer is still to be asked what they think of it. */
  feedback: 'mail' | 'call' | null;
  notes: { at: string; by: string; text: string }[];
  history: { at: string; by: string; change: string }[];
}

export type Limit = 'first-response' | 'update' | 'resolution';

/** One promise of a ticket, in seconds of business time. Without `dueAt` it stands still, or has not begun. */
export interface SlaClock {
  limit: Limit;
  seconds: number;
  since: string | null;
  dueAt: string | null;
  warnAt: string | null;
  metAt: string | null;
  warnedAt: string | null;
  breachedAt: string | null;
}

export interface Sla {
  hoursId: string;
  clocks: SlaClock[];
  /** The last one without `until`: the customer is waited for. */
  pauses: { since: string; until: string | null }[];
}

/** What somebody asked for that a role must decide; `isGranted` null: not yet. */
export interface Asked {
  action: string;
  amount: string;
  currency: string;
  role: Group;
  by: string;
  at: string;
  reason: string;
  isGranted: boolean | null;
  decidedBy: string;
  decidedAt: string | null;
}

/** What kinds of tickets are promised, and who decides how much: the least role first. */
export interface Promises {
  policies: { kind: string; hoursId: string; limits: Partial<Record<Limit, number>>; warnSeconds: number }[];
  authorities: { action: string; currency: string; steps: { role: Group; upTo: string | null }[] }[];
}

export interface Wish {
  version: number;
  action: string;
  amount: string;
  currency: string;
  reason: string;
}

export interface TicketChange {
  version: number;
  kind?: string;
  waitingForCustomer?: boolean;
  responded?: boolean;
  status?: TicketStatus;
  subject?: string;
  owner?: string | null;
  dueAt?: string | null;
  note?: string;
  /** With the status `closed` only. */
  feedback?: AskBy;
}

/** How the customer of a closed ticket is asked what they think. */
export type AskBy = 'mail' | 'call' | 'none';

/** The marks that one question got, 1 to 5. */
export interface Marks {
  count: number;
  total: number;
  /** Two places; null where nobody answered. */
  average: string | null;
}

/** Of everybody who was asked about the same agent, queue or reason. */
export interface FeedbackResult {
  key: string;
  name: string;
  invited: number;
  answered: number;
  partial: number;
  answerRate: string | null;
  service: Marks;
  solution: Marks;
}

export interface FeedbackResults {
  all: FeedbackResult;
  agents: FeedbackResult[];
  queues: FeedbackResult[];
  reasons: FeedbackResult[];
}

/** Somebody who can have tickets. */
export interface TeamMember {
  username: string;
  name: string;
}

/** What differs between a stale save and what is stored, by field. */
export type Difference = Record<string, { yours: unknown; theirs: unknown }>;

export interface Fact {
  seq: number;
  at: string;
  type: string;
  [field: string]: unknown;
}

export interface RecordingLink {
  url: string;
  expiresAt: string;
  seconds: number;
  channels: number;
  sha256: string;
}

export interface UploadGrant {
  url: string;
  fields: Record<string, string>;
  prefix: string;
}

export interface ReportFile {
  name: string;
  format: string;
  rows: number;
  sha256: string;
  url: string;
}

export type Grain = 'day' | 'month' | 'quarter' | 'year';

export interface ReportRun {
  report: string;
  title: string;
  grain: Grain;
  /** `2026-03-08`, `2026-03`, `2026-Q1` or `2026`. */
  period: string;
  /** The first day of the period. */
  day: string;
  revision: number | null;
  /** `writing`, `published`, or `late`: it should be there and is not. */
  state: string;
  /** Built before its period was over. */
  isProvisional: boolean;
  builtAt: string | null;
  files: ReportFile[];
  manifestUrl: string | null;
}

export interface Flow {
  flowId: string;
  arn: string;
  name: string;
  /** Amazon Connect's type of contact flow; `MODULE` for a module. */
  type: string;
  description: string;
  state: string;
  tags: Record<string, string>;
  /** 0: never published. */
  liveVersion: number;
  newestVersion: number;
  changedAt: string | null;
  draft: FlowDraft | null;
  canary: Canary | null;
}

export interface FlowDraft {
  revision: number;
  savedAt: string | null;
  savedBy: string | null;
}

export type Severity = 'PROBLEM' | 'ADVICE';

/** Something that is wrong with a flow, or doubtful in it. */
export interface Finding {
  severity: Severity;
  code: string;
  /** The block's identifier; empty when it is about the whole flow. */
  block: string;
  path: string;
  message: string;
}

export interface FlowContent {
  flowId: string;
  of: number | 'draft';
  content: string;
  findings: Finding[];
}

export interface FlowVersion {
  version: number;
  publishedAt: string | null;
  publishedBy: string | null;
  note: string | null;
  isLive: boolean;
}

export interface FlowChange {
  kind: string;
  block: string;
  detail: string;
}

export interface FlowDiff {
  changes: FlowChange[];
  text: string;
}

/** A version that a share of the new contacts gets; `end` when the trial is over. */
export interface Canary {
  version: number;
  against: number;
  percent: number;
  startedAt: string;
  startedBy: string;
  errorRate: number;
  windowSeconds: number;
  minimumContacts: number;
  end: { outcome: 'FAILED' | 'PROMOTED' | 'REMOVED' | 'SUPERSEDED'; at: string; why: string; by: string | null } | null;
}
