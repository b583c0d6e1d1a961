import { readFileSync } from 'node:fs';
import { Controller, Get, Module, type DynamicModule, Inject, Res } from '@nestjs/common';
import type { ProcessConfig } from '@visapi/backend-config';
import { AppError } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ApiAbout, apiAbout, DocsController } from './openapi/docs.controller.js';
import { Access, Responds } from './route.js';

export interface Check {
  /** "up", "down", or "off" for an integration that is not configured. */
  readonly state: 'up' | 'down' | 'off';
  /** Whether this process can do its work without it. */
  readonly needed: boolean;
  readonly detail?: string;
}

/** Tells whether this process can do its work now. */
export abstract class HealthCheck {
  abstract check(): Promise<Readonly<Record<string, Check>>>;
}

const version = 'VISAPI_VERSION';

const tags = ['platform'];
const aliveResponse = z.object({ status: z.literal('alive') });
const readyResponse = z.object({
  status: z.literal('ready'),
  checks: z.record(
    z.string(),
    z.object({ state: z.enum(['up', 'down', 'off']), needed: z.boolean(), detail: z.string().optional() }),
  ),
});
const versionResponse = z.object({
  name: z.string(),
  version: z.string(),
  commit: z.string().nullish(),
});

@Controller()
class PlatformController {
  constructor(
    private readonly health: HealthCheck,
    private readonly metrics: Metrics,
    @Inject(version) private readonly version: object,
  ) {}

  @Get('livez')
  @Access('public', {
    rate: 'probe',
    docs: { operation: 'getLiveness', summary: 'Whether this process lives', tags },
  })
  @Responds(aliveResponse)
  live() {
    return { status: 'alive' };
  }

  @Get(['readyz', 'healthz'])
  @Access('public', {
    rate: 'probe',
    docs: [
      { address: 'readyz', operation: 'getReadiness', summary: 'Whether this process can do its work', tags },
      { address: 'healthz', operation: 'getHealth', summary: 'The same, for the platform', tags },
    ],
  })
  @Responds(readyResponse)
  async ready() {
    const checks = await this.health.check();
    const down = Object.entries(checks).filter(([, check]) => check.needed && check.state === 'down');
    if (down.length === 0) return { status: 'ready', checks };
    const details = down.map(([path, check]) => ({ path, message: check.detail ?? 'is down' }));
    throw new AppError('unavailable', 'Not ready.', { details, extra: { checks } });
  }

  @Get('version')
  @Access('public', {
    rate: 'probe',
    docs: { operation: 'getVersion', summary: 'Which release runs here', tags },
  })
  @Responds(versionResponse)
  showVersion() {
    return this.version;
  }

  @Get('metrics')
  @Access(
    { scopes: ['metrics:read'], openOnLoopbackInDevelopment: true },
    {
      rate: 'probe',
      docs: {
        operation: 'getMetrics',
        summary: 'Metrics in the form of Prometheus',
        tags,
        answers: 'text/plain',
      },
    },
  )
  async showMetrics(@Res() reply: FastifyReply) {
    await reply.type(this.metrics.contentType).send(await this.metrics.render());
  }
}

@Module({})
export class PlatformModule {
  /** Probes, version and metrics. The importing module provides `HealthCheck` globally. */
  static forRoot(config: ProcessConfig, name: string): DynamicModule {
    const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    const { version: release } = JSON.parse(manifest) as { version: string };
    const shown = { name, version: release, commit: config.commit };
    const about: ApiAbout = { version: release, strict: config.environment !== 'production' };
    return {
      module: PlatformModule,
      controllers: [PlatformController, DocsController],
      providers: [
        { provide: version, useValue: shown },
        { provide: apiAbout, useValue: about },
      ],
    };
  }
}
