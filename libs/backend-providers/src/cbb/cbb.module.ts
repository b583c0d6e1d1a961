import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { CbbConfig } from '@visapi/backend-config';
import { RateGate } from '../rate-gate.js';
import { CbbClient, HttpCbbClient } from './client.js';
import { CbbTransport } from './transport.js';

/** More connections than this gain nothing against one vendor. */
const connections = 32;

@Module({})
export class CbbModule implements OnApplicationShutdown {
  constructor(
    @Inject(CbbTransport) private readonly transport: CbbTransport,
    private readonly client: CbbClient,
  ) {}

  /**
   * The CBB client and its rate.
   * @param redis token of the Redis client that the rate is counted in
   */
  static forRoot(config: CbbConfig, redis: symbol): DynamicModule {
    const providers = [
      {
        provide: RateGate,
        inject: [redis],
        useFactory: (client: unknown) => new RateGate(config.rateLimit, 'cbb', client),
      },
      {
        provide: CbbTransport,
        inject: [RateGate],
        useFactory: (gate: RateGate) => new CbbTransport(config, gate, connections),
      },
      {
        provide: CbbClient,
        inject: [CbbTransport],
        useFactory: (transport: CbbTransport) => new HttpCbbClient(transport, config),
      },
    ];
    return { module: CbbModule, global: true, providers, exports: [CbbClient] };
  }

  async onApplicationShutdown(): Promise<void> {
    for (const lane of Object.values(this.client.lanes)) lane.end();
    await this.transport.close();
  }
}
