import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Query } from '@nestjs/common';
import { AppError } from '@visapi/backend-kernel';
import {
  createTestDatabase,
  quietLog,
  quietProcess,
  type TestDatabase,
  testRoot,
} from '@visapi/backend-testing';
import { z } from 'zod';
import { Authenticator } from '../authenticator.js';
import { createHttpApp, type HttpApp } from '../create-http-app.js';
import { Access, Responds } from '../route.js';
import { announceDeprecation } from './deprecation.js';
import { describeApi, undocumented } from './document.js';

const docs = { operation: 'oldOrders', summary: 'Orders, as they were', tags: ['orders'] };

@Controller('old')
class OldController {
  @Get('orders')
  @Access('public', { docs: { ...docs, deprecated: { since: '2026-11-01', sunset: '2027-05-01' } } })
  @Responds(z.object({ id: z.string() }))
  list(@Query({ schema: z.strictObject({ perPage: z.coerce.number().optional() }) }) _query: object) {
    return { id: 'a' };
  }

  @Get('mute')
  @Access('public')
  mute() {
    return null;
  }
}

class Nobody extends Authenticator {
  authenticate(): Promise<never> {
    return Promise.reject(new AppError('unauthenticated', 'Who are you?'));
  }
}

@Module({
  controllers: [OldController],
  providers: [{ provide: Authenticator, useClass: Nobody }],
  exports: [Authenticator],
})
class OldModule {}

let test: TestDatabase;
let started: HttpApp;
beforeAll(async () => {
  test = await createTestDatabase();
  const http = { port: 0, host: '127.0.0.1', reusePort: false };
  started = await createHttpApp(testRoot(test.url, [OldModule]), { http, process: quietProcess }, quietLog);
});
afterAll(async () => {
  await started.close();
  await test.drop();
});
const routes = () => started.app.getHttpAdapter().getInstance().visapiRoutes.all();

describe('a deprecated route', () => {
  it('says so in its answers, refusals of its input included, and until when it is served', async () => {
    for (const [query, status] of [
      ['', 200],
      ['?perPage=many', 400],
    ] as const) {
      const { statusCode, headers } = await started.app.inject({ url: `/api/v1/old/orders${query}` });
      expect(statusCode).toBe(status);
      expect(headers).toMatchObject({
        deprecation: `@${Date.UTC(2026, 10, 1) / 1000}`,
        sunset: 'Sat, 01 May 2027 00:00:00 GMT',
      });
    }
  });

  it('says so in the description, with the headers', () => {
    const listed = routes().filter(({ docs: told }) => told !== undefined);
    expect(describeApi(listed, '1')).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/api/v1/old/orders': {
          get: {
            deprecated: true,
            description: 'Deprecated since 2026-11-01; served until 2027-05-01.',
            responses: { '200': { headers: { Sunset: { $ref: '#/components/headers/Sunset' } } } },
          },
        },
      },
    });
  });

  it.each([
    ['a day that is none', { since: 'soon', sunset: '2027-05-01' }],
    ['an end before its beginning', { since: '2027-05-02', sunset: '2027-05-01' }],
  ])('cannot have %s', (_what, period) => {
    expect(() => announceDeprecation(period)).toThrow('cannot be deprecated');
  });
});

describe('a route that is not deprecated', () => {
  it('has neither header', async () => {
    const { headers } = await started.app.inject({ url: '/api/v1/old/mute' });
    expect(headers).not.toHaveProperty('deprecation');
    expect(headers).not.toHaveProperty('sunset');
  });
});

describe('a route that says nothing of itself', () => {
  it('is named, and nothing is described without it', () => {
    expect(undocumented(routes())).toEqual([expect.stringContaining('GET /api/v1/old/mute has no docs')]);
    expect(() => describeApi(routes(), '1')).toThrow('GET /api/v1/old/mute has no docs');
  });

  it('must not share its name with another', () => {
    const twice = routes().filter(({ docs: told }) => told !== undefined);
    expect(undocumented([...twice, ...twice])).toEqual([
      expect.stringContaining('not the only operation that is called oldOrders'),
      expect.anything(),
    ]);
  });
});
