import { createHmac, randomUUID } from 'node:crypto';
import { AppError } from '@visapi/backend-kernel';
import { AuthProvider, type GivenSession, type LinkType, type PasswordAnswer } from './auth-provider.js';

interface FakeUser {
  readonly id: string;
  readonly email: string;
  password: string;
}

interface FakeSession {
  readonly id: string;
  readonly user: FakeUser;
  /** The one that is valid now. */
  refreshToken: string;
}

export interface FakeMail {
  readonly email: string;
  readonly type: LinkType;
  readonly tokenHash: string;
  readonly redirectTo: string | undefined;
}

const lifeSeconds = 3_600;

/** An Auth server in memory: refuses as the real one does, and keeps what it would have mailed. */
export class FakeAuth extends AuthProvider {
  readonly mails: FakeMail[] = [];
  /** Set = every question ends with it. */
  fault: Error | undefined;
  private readonly users = new Map<string, FakeUser>();
  private readonly sessions = new Map<string, FakeSession>();
  private readonly links = new Map<string, { readonly user: FakeUser; readonly type: LinkType }>();

  constructor(
    private readonly url: string,
    private readonly jwtSecret: string,
    private readonly confirms = false,
  ) {
    super();
  }

  async signUp(email: string, password: string, redirectTo: string | undefined): Promise<void> {
    await this.asked();
    const address = email.toLowerCase();
    if (this.users.has(address)) return;
    const user = { id: randomUUID(), email: address, password };
    this.users.set(address, user);
    if (this.confirms) this.mail(user, 'signup', redirectTo);
  }

  async signIn(email: string, password: string): Promise<GivenSession | undefined> {
    await this.asked();
    const user = this.users.get(email.toLowerCase());
    return user?.password === password ? this.begin(user) : undefined;
  }

  async refresh(refreshToken: string): Promise<GivenSession | undefined> {
    await this.asked();
    const session = [...this.sessions.values()].find((one) => one.refreshToken === refreshToken);
    if (!session) return undefined;
    session.refreshToken = randomUUID();
    return this.given(session);
  }

  async sendLink(
    kind: 'magic-link' | 'recovery',
    email: string,
    redirectTo: string | undefined,
  ): Promise<void> {
    await this.asked();
    const user = this.users.get(email.toLowerCase());
    if (user) this.mail(user, kind === 'recovery' ? 'recovery' : 'magiclink', redirectTo);
  }

  async confirm(tokenHash: string, type: LinkType): Promise<GivenSession | undefined> {
    await this.asked();
    const link = this.links.get(tokenHash);
    if (link?.type !== type) return undefined;
    this.links.delete(tokenHash);
    return this.begin(link.user);
  }

  async isLive(accessToken: string): Promise<boolean> {
    await this.asked();
    return this.sessionOf(accessToken) !== undefined;
  }

  async changePassword(accessToken: string, password: string): Promise<PasswordAnswer> {
    await this.asked();
    const session = this.sessionOf(accessToken);
    if (!session) throw new AppError('unauthenticated', 'This access token is not valid.');
    if (session.user.password === password) return 'same';
    session.user.password = password;
    return 'changed';
  }

  async signOut(accessToken: string, scope: 'local' | 'others' | 'global'): Promise<void> {
    await this.asked();
    const own = this.sessionOf(accessToken);
    if (!own) return;
    for (const session of [...this.sessions.values()]) {
      if (session.user !== own.user) continue;
      if (scope === 'global' || (session === own) === (scope === 'local')) this.sessions.delete(session.id);
    }
  }

  private async asked(): Promise<void> {
    await Promise.resolve();
    if (this.fault) throw this.fault;
  }

  private mail(user: FakeUser, type: LinkType, redirectTo: string | undefined): void {
    const tokenHash = randomUUID().replaceAll('-', '');
    this.links.set(tokenHash, { user, type });
    this.mails.push({ email: user.email, type, tokenHash, redirectTo });
  }

  private begin(user: FakeUser): GivenSession {
    const session = { id: randomUUID(), user, refreshToken: randomUUID() };
    this.sessions.set(session.id, session);
    return this.given(session);
  }

  private given({ id, user, refreshToken }: FakeSession): GivenSession {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: `${this.url}/auth/v1`,
      aud: 'authenticated',
      role: 'authenticated',
      sub: user.id,
      email: user.email,
      session_id: id,
      iat: now,
      exp: now + lifeSeconds,
      is_anonymous: false,
    };
    const content = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encoded).join('.');
    const signature = createHmac('sha256', this.jwtSecret).update(content).digest('base64url');
    const accessToken = `${content}.${signature}`;
    const { id: userId, email } = user;
    return { accessToken, refreshToken, expiresIn: lifeSeconds, sessionId: id, userId, email };
  }

  private sessionOf(accessToken: string): FakeSession | undefined {
    const [, payload = ''] = accessToken.split('.');
    const { session_id: id } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      session_id: string;
    };
    return this.sessions.get(id);
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
