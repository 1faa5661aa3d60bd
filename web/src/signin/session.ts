/** Who is signed in on this tab: SRP sign-in against the user pool, tokens kept for the tab and renewed in time. */

import { AuthenticationDetails, CognitoUser, CognitoUserPool, type CognitoUserSession } from 'amazon-cognito-identity-js';
import type { Settings } from '../api/types';
import { explain, isOver, needsRenewal } from './model';

export type Outcome =
  | { kind: 'signed-in' }
  | { kind: 'new-password'; answer: (password: string) => Promise<Outcome> }
  | { kind: 'refused'; message: string };

export class Session {
  readonly #pool: CognitoUserPool;
  readonly #now: () => number;
  readonly #storage: Storage;
  readonly #endpoint: string | undefined;
  #renewal: Promise<CognitoUserSession> | null = null;

  constructor(settings: Settings, storage: Storage, now: () => number) {
    this.#now = now;
    this.#storage = storage;
    this.#endpoint = settings.cognitoEndpoint ?? undefined;
    this.#pool = new CognitoUserPool({
      UserPoolId: settings.userPoolId,
      ClientId: settings.clientId,
      Storage: storage,
      ...(this.#endpoint ? { endpoint: this.#endpoint } : {}),
    });
  }

  get hasUser(): boolean {
    return this.#pool.getCurrentUser() !== null;
  }

  signIn(username: string, password: string): Promise<Outcome> {
    const user = new CognitoUser({ Username: username, Pool: this.#pool, Storage: this.#storage });
    const details = new AuthenticationDetails({ Username: username, Password: password });
    return new Promise((resolve) => {
      user.authenticateUser(details, {
        onSuccess: () => resolve({ kind: 'signed-in' }),
        onFailure: (error: unknown) => resolve({ kind: 'refused', message: explain(error) }),
        newPasswordRequired: () => resolve({ kind: 'new-password', answer: (chosen) => newPassword(user, chosen) }),
      });
    });
  }

  signOut(): void {
    this.#pool.getCurrentUser()?.signOut();
  }

  /** An id token that is good for a while; null when nobody is signed in any more. */
  async token(): Promise<string | null> {
    const user = this.#pool.getCurrentUser();
    if (!user) return null;
    try {
      const session = await current(user);
      if (!needsRenewal(session.getIdToken().getExpiration(), this.#now())) return session.getIdToken().getJwtToken();
      return (await this.#renew(user, session)).getIdToken().getJwtToken();
    } catch (error) {
      if (!isOver(error)) throw new Error(explain(error), { cause: error });
      this.signOut();
      return null;
    }
  }

  /** Several requests may ask at once; the pool is asked once. */
  #renew(user: CognitoUser, session: CognitoUserSession): Promise<CognitoUserSession> {
    this.#renewal ??= renewed(user, session).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }
}

function newPassword(user: CognitoUser, password: string): Promise<Outcome> {
  return new Promise((resolve) => {
    user.completeNewPasswordChallenge(password, {}, {
      onSuccess: () => resolve({ kind: 'signed-in' }),
      onFailure: (error: unknown) => resolve({ kind: 'refused', message: explain(error) }),
    });
  });
}

function current(user: CognitoUser): Promise<CognitoUserSession> {
  return new Promise((resolve, reject) => {
    user.getSession((error: Error | null, session: CognitoUserSession | null) => {
      if (session) resolve(session);
      else reject(error ?? new Error('no session'));
    });
  });
}

function renewed(user: CognitoUser, session: CognitoUserSession): Promise<CognitoUserSession> {
  return new Promise((resolve, reject) => {
    user.refreshSession(session.getRefreshToken(), (error: Error | null, fresh: CognitoUserSession | null) => {
      if (fresh) resolve(fresh);
      else reject(error ?? new Error('no session'));
    });
  });
}
