import { type DynamicModule, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import type { AuthConfig, ProcessConfig } from '@visapi/backend-config';
import { limitsRedis } from '@visapi/backend-http';
import { Clock } from '@visapi/backend-kernel';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { SessionsRepository } from '@visapi/backend-repositories/access';
import { DeliverAuthMailHandler } from '../queries/deliver-auth-mail.query.js';
import { AccessTokens } from '../sessions/access-token.js';
import { AuthProvider } from '../sessions/auth-provider.js';
import { CsrfTokens } from '../sessions/csrf.js';
import { Lockout } from '../sessions/lockout.js';
import { type Pace, usualPace } from '../sessions/pace.js';
import { SupabaseAuth } from '../sessions/supabase-auth.js';
import { TokenHashes } from '../sessions/token-hashes.js';
import { SessionsModule } from '../sessions.module.js';
import { Admission } from './admission.js';
import { AuthController } from './auth.controller.js';
import { hookConfig, SendEmailHookController } from './send-email-hook.controller.js';
import { SessionAuthenticator } from './session.authenticator.js';
import { SessionController } from './session.controller.js';
import { SessionCookies } from './session-cookies.js';
import { SessionDoor } from './session-door.js';
import { SessionKeeper } from './session-keeper.js';
import { SessionWatch } from './session-watch.js';
import { SignIn } from './sign-in.js';
import { UserReader } from './user-reader.js';
import { UsersHttpModule } from './users-http.module.js';

export interface SessionsConfig {
  readonly auth: AuthConfig;
  /** CORS_ORIGIN: pages on other hosts that may use the cookies. */
  readonly origins: readonly string[];
  readonly pace?: Pace;
  /** Instead of Supabase: its fake. */
  readonly provider?: AuthProvider;
}

interface Own {
  readonly environment: ProcessConfig['environment'];
  /** API_KEY_PEPPER: other keys are derived from it. */
  readonly pepper: string;
}

/** People who sign in: routes, sessions, and who is behind an access token or cookie. */
@Module({})
export class SessionsHttpModule {
  static forRoot(config: SessionsConfig, own: Own): DynamicModule {
    const { auth, provider = new SupabaseAuth(auth) } = config;
    const watch = {
      provide: SessionWatch,
      inject: [Database, SessionsRepository, Log],
      useFactory: (database: Database, sessions: SessionsRepository, log: Log) =>
        new SessionWatch({ database, sessions }, log, auth.url !== undefined),
    };
    const authenticator = {
      provide: SessionAuthenticator,
      inject: [AuthProvider, Admission, SessionWatch, UserReader, Clock],
      useFactory: (
        server: AuthProvider,
        admission: Admission,
        seen: SessionWatch,
        users: UserReader,
        clock: Clock,
      ) =>
        new SessionAuthenticator({
          ...{ provider: server, admission, watch: seen, users, origins: config.origins },
          ...{ tokens: new AccessTokens(auth, clock), csrf: new CsrfTokens(own.pepper) },
          cookies: new SessionCookies(own.environment),
        }),
    };
    return {
      module: SessionsHttpModule,
      imports: [CqrsModule, SessionsModule, UsersHttpModule],
      controllers: [AuthController, SessionController, SendEmailHookController],
      providers: [
        { provide: AuthProvider, useValue: provider },
        watch,
        admission(auth),
        authenticator,
        ...doors(config, own),
        DeliverAuthMailHandler,
        { provide: hookConfig, useValue: auth },
      ],
      exports: [SessionAuthenticator],
    };
  }
}

function admission({ emailDomains }: AuthConfig) {
  return {
    provide: Admission,
    inject: [UserReader, CommandBus, SessionWatch],
    useFactory: (users: UserReader, commands: CommandBus, watch: SessionWatch) =>
      new Admission({ users, commands, watch, emailDomains }),
  };
}

function doors({ auth, pace = usualPace }: SessionsConfig, { pepper, environment }: Own) {
  const hashes = new TokenHashes(pepper);
  return [
    { provide: Lockout, inject: [limitsRedis], useFactory: (redis: object) => new Lockout(redis, pepper) },
    {
      provide: SignIn,
      inject: [AuthProvider, Admission, Lockout, Log],
      useFactory: (provider: AuthProvider, admitting: Admission, lockout: Lockout, log: Log) =>
        new SignIn({ provider, admission: admitting, lockout, hashes, log, pace }),
    },
    {
      provide: SessionKeeper,
      inject: [AuthProvider, Admission, Lockout, SessionWatch, CommandBus, Database, SessionsRepository, Log],
      useFactory: (...given: KeeperParts) => toKeeper(given, hashes),
    },
    {
      provide: SessionDoor,
      inject: [SignIn, SessionKeeper, SessionAuthenticator],
      useFactory: (signIn: SignIn, keeper: SessionKeeper, authenticator: SessionAuthenticator) =>
        new SessionDoor({
          ...{ signIn, keeper, authenticator, redirects: auth.redirects },
          ...{ cookies: new SessionCookies(environment), csrf: new CsrfTokens(pepper) },
        }),
    },
  ];
}

type KeeperParts = [
  AuthProvider,
  Admission,
  Lockout,
  SessionWatch,
  CommandBus,
  Database,
  SessionsRepository,
  Log,
];

function toKeeper(given: KeeperParts, hashes: TokenHashes): SessionKeeper {
  const [provider, admitting, lockout, watch, commands, database, sessions, log] = given;
  const store = { database, sessions };
  return new SessionKeeper({ provider, admission: admitting, lockout, watch, hashes, commands, store, log });
}
