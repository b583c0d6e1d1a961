import { type DynamicModule, Module } from '@nestjs/common';
import type { ProcessConfig } from '@visapi/backend-config';
import { Clock } from '@visapi/backend-kernel';
import { BusWatch } from './bus-watch.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';

@Module({})
export class ObservabilityModule {
  /** Log, metrics and clock of one process, injectable everywhere, and the watch over its buses. */
  static forRoot(config: ProcessConfig, log: Log): DynamicModule {
    const providers = [
      { provide: Log, useValue: log },
      Metrics,
      BusWatch,
      {
        provide: Clock,
        useFactory: () => new Clock(config.clockOffsetMs),
      },
    ];
    return { module: ObservabilityModule, global: true, providers, exports: [Log, Metrics, Clock] };
  }
}
