import { type DynamicModule, Module } from '@nestjs/common';
import type { MessagingConfig } from '@visapi/backend-config';
import { SendWindow } from './send-window.js';

@Module({})
export class SendWindowModule {
  /** Sets the window for the whole process; without it the default holds. */
  static forRoot(config: MessagingConfig): DynamicModule {
    const window = { provide: SendWindow, useValue: new SendWindow(config.confirmWithinHours) };
    return { module: SendWindowModule, global: true, providers: [window], exports: [SendWindow] };
  }
}
