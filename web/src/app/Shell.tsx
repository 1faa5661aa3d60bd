import AppLayout from '@cloudscape-design/components/app-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Flashbar from '@cloudscape-design/components/flashbar';
import LiveRegion from '@cloudscape-design/components/live-region';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useState, type ReactNode } from 'react';
import { ContactPage } from '../contacts/ContactPage';
import { SearchPage } from '../contacts/SearchPage';
import { CustomerPage } from '../customers/CustomerPage';
import { CustomersPage } from '../customers/CustomersPage';
import { AgentBar } from '../desk/AgentBar';
import { DeskPage } from '../desk/DeskPage';
import { DeskProvider, useDesk } from '../desk/DeskProvider';
import { OfferCard } from '../desk/OfferCard';
import { FlowList } from '../flows/FlowList';
import { FlowPage } from '../flows/FlowPage';
import { PromptsPage } from '../flows/PromptsPage';
import { FeedbackPage } from '../feedback/FeedbackPage';
import { OutcomesPage } from '../outcomes/OutcomesPage';
import { ReportPage } from '../reports/ReportPage';
import { ReportsPage } from '../reports/ReportsPage';
import { SchedulesPage } from '../reports/SchedulesPage';
import { RewardsPage } from '../rewards/RewardsPage';
import { CallbacksPage } from '../supervisor/CallbacksPage';
import { LinePage } from '../supervisor/LinePage';
import { LivePage } from '../supervisor/LivePage';
import { TicketList } from '../tickets/TicketList';
import { TicketPage } from '../tickets/TicketPage';
import { ErrorBoundary } from './ErrorBoundary';
import { useRoute } from './hooks';
import { HREF, mayOpen, menuOf, parseRoute, sectionOf, type Route } from './routes';
import { useServices } from './services';
import { Empty } from './States';

interface Props {
  token: () => Promise<string | null>;
  isDark: boolean;
  onToggleDark: () => void;
  onSignOut: () => void;
}

/** Everything around the pages. Agents are connected to their desk on every page, so that an offer always rings. */
export function Shell({ token, ...frame }: Props): ReactNode {
  const { me } = useServices();
  if (!me.agent) return <Frame {...frame} bar={null} notifications={null} />;
  return (
    <DeskProvider setup={me.agent} token={token}>
      <Frame {...frame} bar={<AgentBar />} notifications={<Notices />} />
      <OfferCard />
      <Announcements />
    </DeskProvider>
  );
}

interface FrameProps extends Omit<Props, 'token'> {
  bar: ReactNode;
  notifications: ReactNode;
}

function Frame({ bar, notifications, isDark, onToggleDark, onSignOut }: FrameProps): ReactNode {
  const { me, settings } = useServices();
  const route = useHome(useRoute());
  const [isOpen, setOpen] = useState(() => window.innerWidth >= 1280);
  const menu = menuOf(me);
  return (
    <>
      <div id="tl-top">
        <TopNavigation
          identity={{ href: HREF.home, title: `Trunkline · ${settings.centerName}`, logo: { src: './favicon.svg', alt: '' } }}
          utilities={[
            {
              type: 'button',
              iconSvg: isDark ? SUN : MOON,
              ariaLabel: isDark ? 'Switch to light mode' : 'Switch to dark mode',
              disableUtilityCollapse: true,
              onClick: onToggleDark,
            },
            {
              type: 'menu-dropdown',
              text: me.name,
              description: `${me.username} · ${me.groups.join(', ')}`,
              iconName: 'user-profile',
              items: [{ id: 'sign-out', text: 'Sign out' }],
              onItemClick: onSignOut,
            },
          ]}
        />
        {bar}
      </div>
      <AppLayout
        headerSelector="#tl-top"
        toolsHide
        maxContentWidth={Number.MAX_VALUE}
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigationWidth={220}
        navigation={<SideNavigation activeHref={sectionOf(route)} items={menu.map(({ text, href }) => ({ type: 'link', text, href }))} />}
        notifications={notifications}
        stickyNotifications
        content={
          <ErrorBoundary resetOn={window.location.hash}>
            <Page route={route} />
          </ErrorBoundary>
        }
      />
    </>
  );
}

function Page({ route }: { route: Route }): ReactNode {
  const { me } = useServices();
  if (!mayOpen(me, route)) return <Empty title="Not for your role">Ask your supervisor if you need this page.</Empty>;
  switch (route.page) {
    case 'ticket':
      return <TicketPage key={route.ticketId} ticketId={route.ticketId} />;
    case 'contact':
      return <ContactPage key={route.contactId} contactId={route.contactId} />;
    case 'line':
      return <LinePage key={`${route.queueId} ${route.channel}`} queueId={route.queueId} channel={route.channel} />;
    case 'flow':
      return <FlowPage key={route.flowId} flowId={route.flowId} />;
    case 'report':
      return <ReportPage key={`${route.report} ${route.period}`} report={route.report} period={route.period} />;
    case 'customer':
      return <CustomerPage key={route.customerId} customerId={route.customerId} />;
    default:
      return PAGES[route.page];
  }
}

/** The pages that stand alone. */
const PAGES: Record<Exclude<Route['page'], 'ticket' | 'contact' | 'flow' | 'line' | 'report' | 'customer'>, ReactNode> = {
  home: <Empty title="Nothing here for your role yet">You are signed in, but your role opens no page of this console.</Empty>,
  desk: <DeskPage />,
  live: <LivePage />,
  callbacks: <CallbacksPage />,
  tickets: <TicketList />,
  search: <SearchPage />,
  flows: <FlowList />,
  prompts: <PromptsPage />,
  outcomes: <OutcomesPage />,
  reports: <ReportsPage />,
  feedback: <FeedbackPage />,
  schedules: <SchedulesPage />,
  rewards: <RewardsPage />,
  customers: <CustomersPage />,
  unknown: <Empty title="There is no such page">Choose one on the left.</Empty>,
};

/** Home is the first page this person has. */
function useHome(route: Route): Route {
  const { me } = useServices();
  const first = menuOf(me)[0];
  return route.page === 'home' && first ? parseRoute(first.href) : route;
}

function Notices(): ReactNode {
  const { view, store } = useDesk();
  return (
    <Flashbar
      items={view.desk.notices.map(({ id, type, text, written }) => ({
        id,
        type,
        content: written === undefined ? text : <Written text={text} written={written} />,
        dismissible: true,
        dismissLabel: 'Dismiss',
        onDismiss: () => store.dismiss(id),
        ...(type === 'error' ? { ariaRole: 'alert' as const } : {}),
      }))}
    />
  );
}

function Written({ text, written }: { text: string; written: string }): ReactNode {
  return (
    <SpaceBetween size="xs">
      {text}
      <blockquote className="tl-written" dir="auto">
        {written}
      </blockquote>
      <CopyToClipboard textToCopy={written} copyButtonText="Copy" copySuccessText="Copied" copyErrorText="Could not be copied" />
    </SpaceBetween>
  );
}

function Announcements(): ReactNode {
  const { view } = useDesk();
  return (
    <LiveRegion hidden assertive>
      {view.desk.announcement}
    </LiveRegion>
  );
}

const MOON = (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d="M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3Z" fill="none" />
  </svg>
);

const SUN = (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="3" fill="none" />
    <path d="M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6 13 13M3 13l1.4-1.4M11.6 4.4 13 3" />
  </svg>
);
