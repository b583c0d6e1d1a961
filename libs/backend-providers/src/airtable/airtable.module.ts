import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { AirtableConfig } from '@visapi/backend-config';
import { RateGate } from '../rate-gate.js';
import { AirtableClient, HttpAirtableClient } from './client.js';
import { AirtableTransport } from './transport.js';

/**
 * Airtable takes 5 requests of any second; the gate counts seconds that touch each other, and two of them together
 * must stay below that.
 */
const callsPerSecond = 2;
const connections = 4;

@Module({})
export class AirtableModule implements OnApplicationShutdown {
  constructor(@Inject(AirtableTransport) private readonly transport: AirtableTransport) {}

  /**
   * The Airtable client and its rate.
   * @param redis token of the Redis client that the rate is counted in; none = this process counts by itself
   */
  static forRoot(config: AirtableConfig, redis?: symbol): DynamicModule {
    const providers = [
      {
        provide: RateGate,
        inject: redis ? [redis] : [],
        useFactory: (client?: unknown) =>
          new RateGate(callsPerSecond, `airtable:${config.baseId ?? 'none'}`, client),
      },
      {
        provide: AirtableTransport,
        inject: [RateGate],
        useFactory: (gate: RateGate) => new AirtableTransport(config, gate, connections),
      },
      {
        provide: AirtableClient,
        inject: [AirtableTransport],
        useFactory: (transport: AirtableTransport) => new HttpAirtableClient(transport, config),
      },
    ];
    return { module: AirtableModule, global: true, providers, exports: [AirtableClient] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }
}
