import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ContactsRepository } from '@visapi/backend-repositories/contacts';
import { EffectsRepository } from '@visapi/backend-repositories/effects';
import { ResyncCbbContactHandler } from './commands/resync-cbb-contact.command.js';

@Module({
  imports: [CqrsModule],
  providers: [ContactsRepository, EffectsRepository, ResyncCbbContactHandler],
  exports: [ContactsRepository, EffectsRepository],
})
export class ContactsModule {}
