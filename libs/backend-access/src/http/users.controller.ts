import { Body, Controller, Get, Param, Patch, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, type HttpRequest, Listed, noQuery, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { ChangeUser } from '../commands/change-user.command.js';
import { GetUser } from '../queries/get-user.query.js';
import { GetUsers } from '../queries/get-users.query.js';
import { granterOf } from './grants.schemas.js';
import {
  changeUserRequest,
  toldUserResponse,
  toToldUserResponse,
  toUserResponse,
  userParameter,
  userResponse,
  usersQuery,
} from './users.schemas.js';

const someId = '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03';

/** People who sign in. */
@Controller('users')
export class UsersController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Access(
    { scopes: ['users:read'] },
    {
      docs: {
        operation: 'listUsers',
        summary: 'List users',
        tags: ['users'],
        example: { query: { role: 'support' } },
      },
    },
  )
  @Responds(userResponse)
  async list(@Query({ schema: usersQuery }) query: z.infer<typeof usersQuery>) {
    const { items, pagination } = await this.queries.execute(new GetUsers(query, toPage(query)));
    return new Listed(items.map(toUserResponse), pagination);
  }

  @Get(':id')
  @Access(
    { scopes: ['users:read'] },
    {
      docs: {
        operation: 'getUser',
        summary: 'Read a user',
        tags: ['users'],
        example: { path: { id: someId } },
      },
    },
  )
  @Responds(toldUserResponse)
  async find(@Param({ schema: userParameter }) { id }: z.infer<typeof userParameter>) {
    return toToldUserResponse(await this.queries.execute(new GetUser(id)));
  }

  @Patch(':id')
  @Access(
    { scopes: ['users:update'] },
    {
      docs: {
        operation: 'changeUser',
        summary: 'Give a user another role, shut them out, or let them in again',
        description:
          'Nobody gives a role that holds what they do not hold themselves, changes a user who may do more than they, or changes their own role. The last administrator keeps the role and is never shut out. Keys that a user gave out go on without them: `liveKeys` says how many, and where they are listed.',
        tags: ['users'],
        errors: ['CONFLICT', 'UNPROCESSABLE'],
        example: { path: { id: someId }, body: { role: 'analytics', reason: 'moves to the numbers' } },
      },
    },
  )
  @Responds(toldUserResponse)
  async change(
    @Param({ schema: userParameter }) { id }: z.infer<typeof userParameter>,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: changeUserRequest }) { reason, ...change }: z.infer<typeof changeUserRequest>,
    @Req() request: HttpRequest,
  ) {
    const by = { ...granterOf(request), reason };
    await this.commands.execute(new ChangeUser(id, change, by));
    return toToldUserResponse(await this.queries.execute(new GetUser(id)));
  }
}
