import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { AuthConfig } from '@visapi/backend-config';
import { AppError, type Clock } from '@visapi/backend-kernel';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import { z } from 'zod';

/** What a verified access token says. */
export interface Claims {
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly expiresAt: Date;
}

const longestToken = 8_192;
const skewSeconds = 30;
const asymmetric = ['ES256', 'RS256'];
/** Headers by which a token brings, or names, the key it wants to be checked with. */
const ownKey = ['jwk', 'jku', 'x5u', 'x5c', 'crit'];
/** A token that was right is taken for right this long, without its signature being computed again. */
const trustMs = 60_000;
const mostRemembered = 5_000;
/** While the keys cannot be fetched, nobody waits for another try sooner than this. */
const pauseMs = 5_000;

const claims = z.object({
  sub: z.uuid(),
  session_id: z.uuid(),
  role: z.literal('authenticated'),
  email: z.email(),
  exp: z.number(),
  iat: z.number(),
  is_anonymous: z.literal(false).optional(),
});

/** `header.payload.signature`, by its looks: a JSON object in base64url begins so. API keys have other forms. */
export function looksLikeToken(bearer: string): boolean {
  return bearer.startsWith('eyJ') && bearer.split('.', 4).length === 3;
}

/** Verifies access tokens of one Supabase project in this process, without asking anybody. */
export class AccessTokens {
  private readonly issuer: string;
  private readonly secret: KeyObject | undefined;
  private readonly keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  private readonly remembered = new Map<string, { readonly claims: Claims; readonly until: number }>();
  private pausedUntil = 0;

  constructor(
    config: Pick<AuthConfig, 'url' | 'anonKey' | 'jwtSecret'>,
    private readonly clock: Clock,
  ) {
    this.issuer = `${config.url ?? ''}/auth/v1`;
    this.secret = config.jwtSecret === undefined ? undefined : createSecretKey(config.jwtSecret, 'utf8');
    if (config.url === undefined) return;
    this.keys = createRemoteJWKSet(new URL(`${this.issuer}/.well-known/jwks.json`), {
      timeoutDuration: 3_000,
      cooldownDuration: 30_000,
      cacheMaxAge: 600_000,
      headers: config.anonKey === undefined ? {} : { apikey: config.anonKey },
    });
  }

  /** @throws AppError `unauthenticated` in one shape whatever is wrong, `unavailable` when the keys cannot be had */
  async verify(token: string): Promise<Claims> {
    if (!this.keys || token.length > longestToken) throw notValid();
    const digest = hash('sha256', token, 'base64');
    const now = this.clock.now().getTime();
    const known = this.remembered.get(digest);
    if (known && known.until > now) return known.claims;
    const verified = await this.check(token);
    this.remember(digest, verified, now);
    return verified;
  }

  private async check(token: string): Promise<Claims> {
    try {
      const payload = await this.verifySignature(token);
      const { data } = claims.safeParse(payload);
      if (!data || data.iat * 1_000 > this.clock.now().getTime() + skewSeconds * 1_000) throw notValid();
      return {
        userId: data.sub,
        sessionId: data.session_id,
        email: data.email.toLowerCase(),
        expiresAt: new Date(data.exp * 1_000),
      };
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (isAboutToken(error)) throw notValid();
      this.pausedUntil = this.clock.now().getTime() + pauseMs;
      throw new AppError('unavailable', 'Access tokens cannot be checked now.', { cause: error });
    }
  }

  /** The key is chosen by us: each algorithm has its own kind of key, and no key serves two. */
  private async verifySignature(token: string): Promise<JWTPayload> {
    const header = decodeProtectedHeader(token);
    if (ownKey.some((name) => name in header)) throw notValid();
    const common = {
      audience: 'authenticated',
      clockTolerance: skewSeconds,
      currentDate: this.clock.now(),
      requiredClaims: ['exp', 'iat', 'sub'],
    };
    if (header.alg === 'HS256') return await this.verifyShared(token, header.kid, common);
    if (!this.keys || !asymmetric.includes(header.alg ?? '')) throw notValid();
    if (!this.keys.fresh && this.clock.now().getTime() < this.pausedUntil)
      throw new AppError('unavailable', 'Access tokens cannot be checked now.');
    const options = { ...common, algorithms: asymmetric, issuer: this.issuer };
    return (await jwtVerify(token, this.keys, options)).payload;
  }

  private async verifyShared(
    token: string,
    kid: string | undefined,
    common: JWTVerifyOptions,
  ): Promise<JWTPayload> {
    if (!this.secret || this.isAsymmetric(kid)) throw notValid();
    const { payload } = await jwtVerify(token, this.secret, { ...common, algorithms: ['HS256'] });
    // The secret belongs to one project, so the issuer adds nothing; Supabase Lite names none. A wrong one is wrong.
    if (payload.iss !== undefined && payload.iss !== this.issuer) throw notValid();
    return payload;
  }

  private isAsymmetric(kid: string | undefined): boolean {
    return kid !== undefined && (this.keys?.jwks()?.keys.some((key) => key.kid === kid) ?? false);
  }

  private remember(digest: string, verified: Claims, now: number): void {
    const oldest = this.remembered.keys().next();
    if (this.remembered.size >= mostRemembered && !oldest.done) this.remembered.delete(oldest.value);
    this.remembered.delete(digest);
    const until = Math.min(now + trustMs, verified.expiresAt.getTime());
    this.remembered.set(digest, { claims: verified, until });
  }
}

/** Errors that say something of the token, not of how its keys are fetched. */
function isAboutToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  if (error instanceof errors.JOSEError) return error.code !== 'ERR_JOSE_GENERIC';
  // What is no base64 or no header at all.
  return error instanceof TypeError && !/fetch/i.test(error.message);
}

function notValid(): AppError {
  return new AppError('unauthenticated', 'This access token is not valid.');
}
