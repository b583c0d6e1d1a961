import { Module } from '@nestjs/common';
import { ContactsRepository } from '@visapi/backend-repositories/contacts';
import { EffectsRepository } from '@visapi/backend-repositories/effects';

@Module({
  providers: [ContactsRepository, EffectsRepository],
  exports: [ContactsRepository, EffectsRepository],
})
export class ContactsModule {}
