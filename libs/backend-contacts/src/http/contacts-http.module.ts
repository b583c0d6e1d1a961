import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ContactsModule } from '../contacts.module.js';
import { ContactActionsController } from './contact-actions.controller.js';

@Module({ imports: [CqrsModule, ContactsModule], controllers: [ContactActionsController] })
export class ContactsHttpModule {}
