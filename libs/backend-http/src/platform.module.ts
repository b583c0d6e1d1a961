import { readFileSync } from 'node:fs';
import { Controller, Get, Header, Module, type DynamicModule, Inject, Res } from '@nestjs/common';
import type { ProcessConfig } from '@visapi/backend-config';
import { AppError } from '@visapi/backend-kernel';
import { Metrics } from '@visapi/backend-observability';
import type { FastifyReply } from 'fastify';
import { Access } from './route.js';

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

@Controller()
class PlatformController {
  constructor(
    private readonly health: HealthCheck,
    private readonly metrics: Metrics,
    @Inject(version) private readonly version: object,
  ) {}

  @Get('livez')
  @Access('public')
  live() {
    return { status: 'alive' };
  }

  @Get(['readyz', 'healthz'])
  @Access('public')
  async ready() {
    const checks = await this.health.check();
    const down = Object.entries(checks).filter(([, check]) => check.needed && check.state === 'down');
    if (down.length === 0) return { status: 'ready', checks };
    const details = down.map(([path, check]) => ({ path, message: check.detail ?? 'is down' }));
    throw new AppError('unavailable', 'Not ready.', { details, extra: { checks } });
  }

  @Get('version')
  @Access('public')
  showVersion() {
    return this.version;
  }

  @Get('metrics')
  @Access({ scopes: ['metrics:read'], openOnLoopbackInDevelopment: true })
  @Header('cache-control', 'no-store')
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
    const shown = { name, version: release, commit: config.commit, node: process.version };
    return {
      module: PlatformModule,
      controllers: [PlatformController],
      providers: [{ provide: version, useValue: shown }],
    };
  }
}
