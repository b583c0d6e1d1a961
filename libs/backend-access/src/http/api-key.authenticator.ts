import { hash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Cacheable, CacheEvict, CachePut, keys } from '@visapi/backend-cache';
import type { AccessConfig } from '@visapi/backend-config';
import { Authenticator, type Principal } from '@visapi/backend-http';
import { AppError, type Clock, heldScopes } from '@visapi/backend-kernel';
import type { Log } from '@visapi/backend-observability';
import type { Database } from '@visapi/backend-repositories';
import type { ApiKeyRow, ApiKeysRepository } from '@visapi/backend-repositories/access';
import type { BatchOperationsService } from '@visapi/backend-repositories/batch';
import type { FastifyRequest } from 'fastify';
import { hashSecret, isSameHash, splitKey } from '../api-key.js';
import { RowWatch } from '../row-watch.js';

/** So many keys are read before the first request asks for them. */
const mostWarmed = 1_000;

/** Compared with when a prefix is unknown, so that unknown and known keys cost the same. */
const nobody = Buffer.alloc(32);

/** Where keys are read, and where their uses are noted. */
interface Store {
  readonly database: Database;
  readonly keys: ApiKeysRepository;
  readonly batches: BatchOperationsService;
}

/**
 * Recognises API keys in `X-API-Key` or `Authorization: Bearer`. Keys are cached; whoever changes one, even by SQL, need
 * not tell: a look at the table finds out.
 */
@Injectable()
export class ApiKeyAuthenticator
  extends Authenticator
  implements OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly watch: RowWatch;
  private readonly known = new WeakMap<
    ApiKeyRow,
    { readonly digest: Buffer; readonly principal: Principal }
  >();

  constructor(
    private readonly config: AccessConfig,
    private readonly store: Store,
    private readonly clock: Clock,
    log: Log,
  ) {
    super();
    const watched = {
      name: 'api keys',
      fingerprint: async () => await store.keys.fingerprint(store.database.db),
      changed: async () => await this.renew(),
    };
    this.watch = new RowWatch(watched, log);
  }

  async authenticate(request: FastifyRequest): Promise<Principal> {
    const presented = presentedKey(request);
    if (presented === undefined) throw unauthenticated('Send an API key in X-API-Key or as a Bearer token.');
    const parts = splitKey(presented);
    if (!parts) throw unauthenticated('This is not an API key; keys have the form <prefix>.<secret>.');
    const row = await this.find(parts.prefix);
    const principal = this.recognise(row, parts.secret);
    const now = this.clock.now();
    if (!row || !principal || !isLive(row, now)) throw unauthenticated('This API key is not valid.');
    this.store.batches.noteKeyUse(row.id, now);
    return principal;
  }

  /**
   * Whether the secret is the row's. For as long as the row is the same (the cache hands it out for a second), a secret
   * that was right is known again by its plain digest, which takes a tenth of the keyed one.
   */
  private recognise(row: ApiKeyRow | undefined, secret: string): Principal | undefined {
    const digest = hash('sha256', secret, 'buffer');
    const known = row && this.known.get(row);
    if (known && isSameHash(known.digest, digest)) return known.principal;
    const matches = isSameHash(row?.hashedSecret ?? nobody, hashSecret(secret, this.config.pepper));
    if (!row || !matches) return undefined;
    const scopes = heldScopes(row.scopes);
    const principal: Principal = { kind: 'api-key', id: row.id, label: row.prefix, scopes };
    this.known.set(row, { digest, principal });
    return principal;
  }

  onApplicationBootstrap(): void {
    this.watch.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.watch.stop();
  }

  @Cacheable({ key: keys.apiKey, ttl: 'auth' })
  async find(prefix: string): Promise<ApiKeyRow | undefined> {
    return await this.store.keys.findByPrefix(this.store.database.db, prefix);
  }

  @CachePut({ key: keys.apiKey, ttl: 'auth' })
  async refresh(prefix: string): Promise<ApiKeyRow | undefined> {
    return await this.store.keys.findByPrefix(this.store.database.db, prefix);
  }

  /** Some key is not what it was: none is trusted any longer. */
  @CacheEvict({ pattern: 'api-key:*' })
  async forget(): Promise<void> {
    // What there is to do is done by the decorator.
  }

  private async renew(): Promise<void> {
    await this.forget();
    const { keys: repository, database } = this.store;
    for (const { prefix } of await repository.list(database.db, mostWarmed)) await this.refresh(prefix);
  }
}

function presentedKey({ headers }: FastifyRequest): string | undefined {
  const direct = headers['x-api-key'];
  if (typeof direct === 'string' && direct !== '') return direct;
  return /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function isLive(row: ApiKeyRow, now: Date): boolean {
  return row.revokedAt === null && (row.expiresAt === null || row.expiresAt > now);
}

function unauthenticated(message: string): AppError {
  return new AppError('unauthenticated', message);
}
