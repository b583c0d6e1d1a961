import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Inject, type OnApplicationBootstrap, Param, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppError } from '@visapi/backend-kernel';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access } from '../route.js';
import { docsPage, docsScript } from './docs-page.js';
import { describeApi, undocumented } from './document.js';
import { errorsPage } from './errors-page.js';

/** What the application says of itself. */
export interface ApiAbout {
  readonly version: string;
  /** Whether a route that says nothing of itself keeps the process from starting: everywhere but in production. */
  readonly strict: boolean;
}

/** Token of `ApiAbout` for dependency injection. */
export const apiAbout = Symbol('api-about');

const rule = { scopes: ['docs:read'], openOnLoopbackInDevelopment: true } as const;
const html = 'text/html; charset=utf-8';
/** Everything comes from here. The UI sets styles of its elements, and draws its icons from `data:`. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const assetTypes: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
/** Where the page's parts lie: looked for when the first of them is asked for. */
const assets = (): string => dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const assetParameter = z.object({ file: z.string().max(100) });

/** The description of the API: for programs, and as pages for people. */
@Controller('api')
export class DocsController implements OnApplicationBootstrap {
  private written: string | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(apiAbout) private readonly about: ApiAbout,
  ) {}

  /** @throws when a route says nothing of itself */
  onApplicationBootstrap(): void {
    if (!this.about.strict) return;
    const lacking = undocumented(this.routes());
    if (lacking.length > 0) throw new Error(lacking.join('\n'));
  }

  @Get('openapi.json')
  @Access(rule, {
    docs: {
      operation: 'getApiDescription',
      summary: 'The API as OpenAPI 3.1',
      tags: ['docs'],
      answers: 'application/json',
    },
  })
  @Header('content-type', 'application/json; charset=utf-8')
  async description(@Res() reply: FastifyReply) {
    this.written ??= JSON.stringify(describeApi(this.routes(), this.about.version));
    await reply.send(this.written);
  }

  @Get('docs')
  @Access(rule, {
    docs: {
      operation: 'getDocsPage',
      summary: 'The API as a page to read and try',
      tags: ['docs'],
      answers: 'text/html',
    },
  })
  @Header('content-type', html)
  @Header('content-security-policy', policy)
  async page(@Res() reply: FastifyReply) {
    await reply.send(docsPage);
  }

  @Get('docs/errors')
  @Access(rule, {
    docs: {
      operation: 'getErrorsPage',
      summary: 'Every error code, with cause and remedy',
      tags: ['docs'],
      answers: 'text/html',
    },
  })
  @Header('content-type', html)
  @Header('content-security-policy', policy)
  async errors(@Res() reply: FastifyReply) {
    await reply.send(errorsPage());
  }

  @Get('docs/assets/:file')
  @Access(rule, {
    docs: {
      operation: 'getDocsAsset',
      summary: 'A part of the page',
      tags: ['docs'],
      answers: 'text/javascript',
      example: { path: { file: 'docs.js' } },
    },
  })
  @Header('cache-control', 'private, max-age=3600')
  async asset(
    @Param({ schema: assetParameter }) { file }: z.infer<typeof assetParameter>,
    @Res() reply: FastifyReply,
  ) {
    if (file === 'docs.js') {
      await reply.type('text/javascript; charset=utf-8').send(docsScript);
      return;
    }
    const type = Object.hasOwn(assetTypes, file) ? assetTypes[file] : undefined;
    if (type === undefined) throw new AppError('not-found', 'There is nothing at this address.');
    await reply.type(type).send(createReadStream(join(assets(), file)));
  }

  private routes() {
    return this.host.httpAdapter.getInstance<FastifyInstance>().visapiRoutes.all();
  }
}
