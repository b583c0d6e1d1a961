import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LogsModule } from '../logs.module.js';
import { LogsController } from './logs.controller.js';

@Module({ imports: [CqrsModule, LogsModule], controllers: [LogsController] })
export class LogsHttpModule {}
