import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { IdempotencyKeysRepository } from '@visapi/backend-repositories/idempotency';
import {
  DataKeysRepository,
  ErasuresRepository,
  SealingRepository,
} from '@visapi/backend-repositories/privacy';
import { ErasePersonHandler } from './commands/erase-person.command.js';
import { RewrapKeysHandler } from './commands/rewrap-keys.command.js';
import { SealRowsHandler } from './commands/seal-rows.command.js';
import { GetErasuresHandler } from './queries/get-erasures.query.js';
import { GetSealingHandler } from './queries/get-sealing.query.js';

/** What is personal: sealed, kept readable while the keyring changes, and forgotten on request. */
@Module({
  imports: [CqrsModule],
  providers: [
    DataKeysRepository,
    ErasuresRepository,
    IdempotencyKeysRepository,
    SealingRepository,
    ErasePersonHandler,
    GetErasuresHandler,
    GetSealingHandler,
    RewrapKeysHandler,
    SealRowsHandler,
  ],
})
export class PrivacyModule {}
