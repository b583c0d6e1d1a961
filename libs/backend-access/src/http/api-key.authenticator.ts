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
import { hashSecret, isMisspelt, isSameHash, splitKey } from '../api-key.js';
import { KnownPrefixes } from '../known-prefixes.js';
import { AllowedNetworks } from '../network.js';
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

/** What is remembered of a row for as long as it is the same: plain digests of secrets that were right. */
interface Recognised {
  readonly principal: Principal;
  /** Undefined = it may be used from everywhere. */
  readonly networks: AllowedNetworks | undefined;
  digest: Buffer;
  /** Of the secret before, which has a time of its own. */
  previousDigest: Buffer;
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
  private readonly recognised = new WeakMap<ApiKeyRow, Recognised>();
  private readonly prefixes: KnownPrefixes;
  private isWarm = false;

  constructor(
    private readonly config: Pick<AccessConfig, 'pepper'>,
    private readonly store: Store,
    private readonly clock: Clock,
    log: Log,
  ) {
    super();
    this.prefixes = new KnownPrefixes(
      async (prefixes) => await store.keys.knownOf(store.database.db, prefixes),
    );
    const watched = {
      name: 'api keys',
      fingerprint: async () => await store.keys.fingerprint(store.database.db),
      changed: async () => await this.renew(),
    };
    this.watch = new RowWatch(watched, log);
  }

  async authenticate(request: FastifyRequest): Promise<Principal> {
    const presented = presentedKey(request);
    if (presented === undefined)
      throw unauthenticated('Send an API key in X-API-Key or as a Bearer token, or sign in.');
    const parts = splitKey(presented);
    if (!parts) throw unauthenticated('This is not an API key; keys have the form <prefix>.<secret>.');
    const row = await this.rowOf(presented, parts.prefix);
    const now = this.clock.now();
    const known = this.recognise(row, parts.secret, now);
    if (!row || !known || !isLive(row, now)) throw unauthenticated('This API key is not valid.');
    if (known.networks && !known.networks.hold(request.ip))
      throw new AppError('forbidden', 'This API key may not be used from your network.');
    this.store.batches.noteKeyUse(row.id, now);
    return known.principal;
  }

  /** Invented prefixes reach neither the cache nor, each by itself, the database; misspelt keys ask nobody. */
  private async rowOf(presented: string, prefix: string): Promise<ApiKeyRow | undefined> {
    const exists =
      this.prefixes.isCertain(prefix) || (!isMisspelt(presented) && (await this.prefixes.find(prefix)));
    return exists ? await this.find(prefix) : undefined;
  }

  /**
   * Whether the secret is the row's. For as long as the row is the same (the cache hands it out for a second), a secret
   * that was right is known again by its plain digest, which takes a tenth of the keyed one. What is wrong costs the same
   * whether or not there is such a key.
   */
  private recognise(row: ApiKeyRow | undefined, secret: string, now: Date): Recognised | undefined {
    const digest = hash('sha256', secret, 'buffer');
    const before = row && this.recognised.get(row);
    if (before && isSameHash(before.digest, digest)) return before;
    if (before && isOverlap(row, now) && isSameHash(before.previousDigest, digest)) return before;
    const match = this.compare(row, secret, now);
    if (!row || !match) return undefined;
    const known = before ?? newlyRecognised(row);
    known[match] = digest;
    this.recognised.set(row, known);
    return known;
  }

  /** With both secrets of the row, or with nobody's: always as much work. */
  private compare(
    row: ApiKeyRow | undefined,
    secret: string,
    now: Date,
  ): 'digest' | 'previousDigest' | undefined {
    const keyed = hashSecret(secret, this.config.pepper);
    const isCurrent = isSameHash(row?.hashedSecret ?? nobody, keyed);
    const isPrevious = isSameHash(row?.previousHashedSecret ?? nobody, keyed);
    if (isCurrent) return 'digest';
    return isPrevious && isOverlap(row, now) ? 'previousDigest' : undefined;
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

  /** At the start all are read before they are asked for; later, to read all for a change of one would hold up the next look. */
  private async renew(): Promise<void> {
    await this.forget();
    if (this.isWarm) return;
    const { keys: repository, database } = this.store;
    const rows = await repository.list(database.db, mostWarmed);
    this.prefixes.tell(rows.map(({ prefix }) => prefix));
    for (const { prefix } of rows) await this.refresh(prefix);
    this.isWarm = true;
  }
}

function presentedKey({ headers }: FastifyRequest): string | undefined {
  const direct = headers['x-api-key'];
  if (typeof direct === 'string' && direct !== '') return direct;
  return /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function newlyRecognised({ id, prefix, scopes, allowedNetworks }: ApiKeyRow): Recognised {
  return {
    principal: { kind: 'api-key', id, label: prefix, scopes: heldScopes(scopes) },
    networks: allowedNetworks.length > 0 ? new AllowedNetworks(allowedNetworks) : undefined,
    digest: nobody,
    previousDigest: nobody,
  };
}

/** Whether the secret before is still accepted. */
function isOverlap(row: ApiKeyRow | undefined, now: Date): boolean {
  const until = row?.previousExpiresAt;
  return until !== null && until !== undefined && until > now;
}

function isLive(row: ApiKeyRow, now: Date): boolean {
  return row.revokedAt === null && (row.expiresAt === null || row.expiresAt > now);
}

function unauthenticated(message: string): AppError {
  return new AppError('unauthenticated', message);
}
