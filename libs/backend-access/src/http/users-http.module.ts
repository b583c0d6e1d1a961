import { Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Log } from '@visapi/backend-observability';
import { Database } from '@visapi/backend-repositories';
import { UsersRepository } from '@visapi/backend-repositories/access';
import { UsersModule } from '../users.module.js';
import { RolesController } from './roles.controller.js';
import { UserReader } from './user-reader.js';
import { UsersController } from './users.controller.js';

const reader = {
  provide: UserReader,
  inject: [Database, UsersRepository, CommandBus, Log],
  useFactory: (database: Database, users: UsersRepository, commands: CommandBus, log: Log) =>
    new UserReader({ database, users }, commands, log),
};

@Module({
  imports: [CqrsModule, UsersModule],
  controllers: [UsersController, RolesController],
  providers: [reader],
  exports: [UserReader],
})
export class UsersHttpModule {}
