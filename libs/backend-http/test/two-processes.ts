import { Body, Controller, Get, HttpCode, Module, Post, Query, Req } from '@nestjs/common';
import type { Scope } from '@visapi/backend-kernel';
import { Database } from '@visapi/backend-repositories';
import { markMade, once } from '@visapi/backend-repositories/idempotency';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { z } from 'zod';
import { Authenticator, type Principal } from '../src/authenticator.js';
import { createHttpApp, type HttpApp } from '../src/create-http-app.js';
import { askedBy, type HttpRequest } from '../src/request-context.js';
import { Access, Raw, Responds } from '../src/route.js';

const scopes = { scopes: ['orders:write'] } as const;

/** What the routes below do, in both processes. */
export const work: {
  /** What was done, in its order. */
  done: string[];
  /** Waited for before an answer. */
  gate: Promise<void>;
  /** What `told` answers, one after the other. */
  answers: (() => unknown)[];
} = { done: [], gate: Promise.resolve(), answers: [] };

@Controller('things')
class ThingsController {
  constructor(private readonly database: Database) {}

  @Post()
  @Access(scopes)
  async make(@Body() body: { readonly name: string }) {
    work.done.push(body.name);
    await work.gate;
    return { name: body.name, made: work.done.length };
  }

  @Post('again')
  @Access(scopes)
  async makeOther(@Body() body: { readonly name: string }) {
    return await this.make(body);
  }

  @Post('raw')
  @Raw()
  @Access(scopes)
  async takeRaw(@Req() { body }: HttpRequest) {
    return await this.make({ name: String(body) });
  }

  @Post('valid')
  @HttpCode(200)
  @Access(scopes)
  valid(@Body({ schema: z.object({ name: z.string() }) }) { name }: { readonly name: string }) {
    return { name };
  }

  /** Answers what the test says, one after the other. */
  @Post('told')
  @Access(scopes)
  tell() {
    work.done.push('told');
    return work.answers.shift()?.();
  }

  /** A command that writes what it came to in its own transaction. */
  @Post('committed')
  @Access(scopes)
  async commit(@Req() request: HttpRequest) {
    const name = await this.database.db
      .transaction()
      .execute(
        async (transaction) =>
          await once(transaction, askedBy(request), async () => `work ${work.done.push('committed')}`),
      );
    await work.gate;
    return { name };
  }

  @Post('secrets')
  @Access(scopes, { secret: true })
  @Responds(z.object({ id: z.string(), key: z.string() }))
  async makeSecret(@Req() request: HttpRequest) {
    const id = `made-${work.done.push('secret')}`;
    await this.database.db
      .transaction()
      .execute(async (transaction) => await markMade(transaction, askedBy(request), id));
    await work.gate;
    return { id, key: 'swordfish' };
  }

  @Post('short')
  @Access(scopes, { limitMs: 400 })
  async makeShort() {
    return await this.make({ name: 'short' });
  }

  @Post('hook')
  @Access(scopes, { isRepeated: true })
  async hook() {
    return await this.make({ name: 'hook' });
  }

  @Post('question')
  @Access(scopes, { creates: false })
  async ask() {
    return await this.make({ name: 'question' });
  }

  @Get()
  @Access(scopes)
  async look(@Query() _query: object) {
    return await this.make({ name: 'look' });
  }
}

/** Everybody is whoever he says he is. */
class Named extends Authenticator {
  async authenticate({ headers }: Parameters<Authenticator['authenticate']>[0]): Promise<Principal> {
    const id = String(headers['x-api-key']);
    const held = { id, label: id, scopes: new Set<Scope>(['orders:write']) };
    return await Promise.resolve(
      id.startsWith('user-')
        ? { kind: 'user', ...held, sessionId: 's', email: 'nobody@example.test', role: 'manager' }
        : { kind: 'api-key', ...held },
    );
  }
}

export interface Asked {
  readonly key?: string;
  readonly owner?: string;
  readonly payload?: string;
  /** Which of the two processes is asked. */
  readonly process?: number;
  readonly accept?: string;
}

/** Two processes with the same routes, which share a database and nothing else. */
export class TwoProcesses {
  private constructor(
    readonly test: TestDatabase,
    private readonly apps: readonly HttpApp[],
  ) {}

  static async start(): Promise<TwoProcesses> {
    const test = await createTestDatabase();
    return new TwoProcesses(test, [await startOne(test.url), await startOne(test.url)]);
  }

  async close(): Promise<void> {
    for (const app of this.apps) await app.close();
    await this.test.drop();
  }

  async forget(): Promise<void> {
    await this.test.query('delete from idempotency_keys');
    [work.done, work.answers, work.gate] = [[], [], Promise.resolve()];
  }

  async ask(path: string, asked: Asked = {}) {
    const { key, owner = 'somebody', payload = '{"name":"a"}', process = 0, accept } = asked;
    const headers = {
      'x-api-key': owner,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(accept !== undefined && { accept }),
    };
    const url = `/api/v1/things${path}`;
    const answer = await this.apps[process]?.app.inject({ method: 'POST', url, headers, payload });
    if (!answer) throw new Error('There is no such process');
    const { statusCode: status, body: text } = answer;
    const body = JSON.parse(text) as { data?: object; error?: object };
    return { status, text, headers: answer.headers, body };
  }

  async rows() {
    return await this.test.query<{ id: string; state: string; attempt: number }>(
      'select * from idempotency_keys',
    );
  }

  /** As if whoever works at it had been killed long ago. */
  async kill(): Promise<void> {
    await this.test.query(`update idempotency_keys set locked_until = now() - interval '1 s'`);
  }
}

async function startOne(databaseUrl: string): Promise<HttpApp> {
  @Module({})
  class Things {}
  const things = {
    module: Things,
    global: true,
    controllers: [ThingsController],
    providers: [{ provide: Authenticator, useClass: Named }],
    exports: [Authenticator],
  };
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  return await createHttpApp(testRoot(databaseUrl, [things]), { http, process: quietProcess }, quietLog);
}
