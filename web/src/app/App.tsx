import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Rest } from '../api/rest';
import { Trunkline } from '../api/trunkline';
import type { Me, Settings } from '../api/types';
import { SignIn } from '../signin/SignIn';
import { Session } from '../signin/session';
import { useLoaded } from './hooks';
import { Shell } from './Shell';
import { Failed, Loading } from './States';
import { ServicesContext } from './services';
import { useDarkMode } from './theme';

const API_BASE = '/api';

/** From nothing to a signed-in person: the center's settings, then who it is. */
export function App(): ReactNode {
  const [isDark, toggleDark] = useDarkMode();
  const loadSettings = useCallback(() => new Trunkline(new Rest({ base: API_BASE, token: () => Promise.resolve(null) })).settings(), []);
  const { data: settings, error, reload } = useLoaded(loadSettings);
  useEffect(() => {
    if (settings) document.title = `${settings.centerName} · Trunkline`;
  }, [settings]);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      {settings ? (
        <Door settings={settings} isDark={isDark} onToggleDark={toggleDark} />
      ) : (
        <main className="tl-splash">{error ? <Failed title="The center cannot be opened" reason={error} onRetry={reload} /> : <Loading>Opening the center</Loading>}</main>
      )}
    </I18nProvider>
  );
}

interface DoorProps {
  settings: Settings;
  isDark: boolean;
  onToggleDark: () => void;
}

function Door({ settings, isDark, onToggleDark }: DoorProps): ReactNode {
  const session = useMemo(() => new Session(settings, window.sessionStorage, Date.now), [settings]);
  const [isIn, setIn] = useState(() => session.hasUser);
  const [notice, setNotice] = useState<string | null>(null);
  const leave = useCallback(
    (why: string | null) => {
      session.signOut();
      setNotice(why);
      setIn(false);
    },
    [session],
  );
  const token = useCallback(async () => {
    const fresh = await session.token();
    if (!fresh) leave(SESSION_OVER);
    return fresh;
  }, [session, leave]);
  const api = useMemo(() => new Trunkline(new Rest({ base: API_BASE, token, onUnauthorized: () => leave(SESSION_OVER) })), [token, leave]);
  if (!isIn) {
    return <SignIn centerName={settings.centerName} notice={notice} signIn={(username, password) => session.signIn(username, password)} onSignedIn={() => setIn(true)} />;
  }
  return <Inside api={api} settings={settings} token={token} isDark={isDark} onToggleDark={onToggleDark} onSignOut={() => leave(null)} />;
}

const SESSION_OVER = 'Your session has ended. Sign in again; what you typed is kept on this page.';

interface InsideProps extends DoorProps {
  api: Trunkline;
  token: () => Promise<string | null>;
  onSignOut: () => void;
}

function Inside({ api, settings, token, isDark, onToggleDark, onSignOut }: InsideProps): ReactNode {
  const { data: me, error, reload } = useLoaded<Me>(api.me);
  const services = useMemo(() => (me ? { api, me, settings } : null), [api, me, settings]);
  if (!services) {
    return <main className="tl-splash">{error ? <Failed title="You could not be signed in" reason={error} onRetry={reload} /> : <Loading>Signing you in</Loading>}</main>;
  }
  return (
    <ServicesContext.Provider value={services}>
      <Shell token={token} isDark={isDark} onToggleDark={onToggleDark} onSignOut={onSignOut} />
    </ServicesContext.Provider>
  );
}
