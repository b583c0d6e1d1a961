import { type DynamicModule, Module } from '@nestjs/common';
import type { AirtableConfig } from '@visapi/backend-config';
import { VisaWindow } from './visa-window.js';

@Module({})
export class VisaWindowModule {
  /** How approvals are told, for the whole process. */
  static forRoot(config: AirtableConfig): DynamicModule {
    const window = { provide: VisaWindow, useValue: new VisaWindow(config) };
    return { module: VisaWindowModule, global: true, providers: [window], exports: [VisaWindow] };
  }
}
