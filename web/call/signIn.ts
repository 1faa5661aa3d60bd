/** Signs a customer in where a flow asks for it; the user pool's client is loaded only then. */
import type { Rest } from '../src/api/rest';
import type { Settings } from '../src/api/types';
import type { SignIn } from '../src/views/draw';

/** Nothing is kept: the id token goes into one answer. */
export const signInWith =
  (rest: Rest): SignIn =>
  async ({ userPoolId, clientId }, username, password) => {
    const settings = await rest.request<Settings>('GET', '/v1/settings');
    const { Session } = await import('../src/signin/session');
    const session = new Session({ ...settings, userPoolId, clientId }, forgetful(), Date.now);
    const outcome = await session.signIn(username, password);
    if (outcome.kind === 'refused') throw new Error(outcome.message);
    if (outcome.kind === 'new-password') throw new Error('This account needs a new password first.');
    const token = await session.token();
    if (!token) throw new Error('You could not be signed in.');
    return token;
  };

/** A storage for one sign-in only. */
function forgetful(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
  };
}
