import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApiKeysRepository, RolesRepository, UsersRepository } from '@visapi/backend-repositories/access';
import { EventsRepository } from '@visapi/backend-repositories/events';
import { AppointAdministratorHandler } from './commands/appoint-administrator.command.js';
import { ChangeRoleHandler } from './commands/change-role.command.js';
import { ChangeUserHandler } from './commands/change-user.command.js';
import { CreateRoleHandler } from './commands/create-role.command.js';
import { DeleteRoleHandler } from './commands/delete-role.command.js';
import { RegisterUserHandler } from './commands/register-user.command.js';
import { GetRoleHandler } from './queries/get-role.query.js';
import { GetRolesHandler } from './queries/get-roles.query.js';
import { GetUserHandler } from './queries/get-user.query.js';
import { GetUsersHandler } from './queries/get-users.query.js';

/** People who sign in, and what their roles let them do. */
@Module({
  imports: [CqrsModule],
  providers: [
    UsersRepository,
    RolesRepository,
    ApiKeysRepository,
    EventsRepository,
    RegisterUserHandler,
    AppointAdministratorHandler,
    ChangeUserHandler,
    CreateRoleHandler,
    ChangeRoleHandler,
    DeleteRoleHandler,
    GetUsersHandler,
    GetUserHandler,
    GetRolesHandler,
    GetRoleHandler,
  ],
  exports: [UsersRepository],
})
export class UsersModule {}
