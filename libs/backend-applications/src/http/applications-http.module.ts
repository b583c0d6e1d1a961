import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApplicationsModule } from '../applications.module.js';
import { AirtableController } from './airtable.controller.js';
import { MistakesController } from './mistakes.controller.js';
import { ResendVisaController } from './resend-visa.controller.js';

@Module({
  imports: [CqrsModule, ApplicationsModule],
  controllers: [AirtableController, MistakesController, ResendVisaController],
})
export class ApplicationsHttpModule {}
