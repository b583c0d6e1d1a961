import { Injectable } from '@nestjs/common';
import type { AccessConfig } from '@visapi/backend-config';
import { Authenticator, type Principal } from '@visapi/backend-http';
import { AppError, type Clock, isScope, type Scope } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { type ApiKeyRow, ApiKeysRepository } from '@visapi/backend-repositories/access';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { hashSecret, isSameHash, splitKey } from '../api-key.js';

/** How long a process trusts what it read of a key: the bound on how late it notices a revocation. */
const trustMs = 3_000;

interface Known {
  readonly row: ApiKeyRow;
  readonly principal: Principal;
}

/** Compared with when a prefix is unknown, so that unknown and known keys cost the same. */
const nobody = Buffer.alloc(32);

/** Recognises API keys in `X-API-Key` or `Authorization: Bearer`. */
@Injectable()
export class ApiKeyAuthenticator extends Authenticator {
  private readonly keys: LRUCache<string, { known: Known | undefined }>;

  constructor(
    private readonly config: AccessConfig,
    private readonly database: Database,
    private readonly repository: ApiKeysRepository,
    private readonly clock: Clock,
  ) {
    super();
    // Concurrent requests share one look-up, and what was looked up is read again after trustMs.
    this.keys = new LRUCache<string, { known: Known | undefined }>({
      max: 1_000,
      ttl: trustMs,
      fetchMethod: async (prefix) => ({ known: await this.load(prefix) }),
    });
  }

  async authenticate(request: FastifyRequest): Promise<Principal> {
    const presented = presentedKey(request);
    if (presented === undefined) throw unauthenticated('Send an API key in X-API-Key or as a Bearer token.');
    const parts = splitKey(presented);
    if (!parts) throw unauthenticated('This is not an API key; keys have the form <prefix>.<secret>.');
    const entry = this.keys.get(parts.prefix) ?? (await this.keys.fetch(parts.prefix));
    const hash = hashSecret(parts.secret, this.config.pepper);
    const matches = isSameHash(entry?.known?.row.hashedSecret ?? nobody, hash);
    if (!entry?.known || !matches || !isLive(entry.known.row, this.clock.now()))
      throw unauthenticated('This API key is not valid.');
    return entry.known.principal;
  }

  private async load(prefix: string): Promise<Known | undefined> {
    const row = await this.repository.findByPrefix(this.database.db, prefix);
    if (!row) return undefined;
    const scopes: ReadonlySet<Scope> = new Set(row.scopes.filter(isScope));
    return { row, principal: { kind: 'api-key', id: row.id, label: row.prefix, scopes } };
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
