import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, type HttpRequest, Listed, noQuery, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { ChangeRole } from '../commands/change-role.command.js';
import { CreateRole } from '../commands/create-role.command.js';
import { DeleteRole } from '../commands/delete-role.command.js';
import { GetRole } from '../queries/get-role.query.js';
import { GetRoles } from '../queries/get-roles.query.js';
import { granterOf } from './grants.schemas.js';
import {
  changeRoleRequest,
  createRoleRequest,
  deletedRoleResponse,
  replaceRoleRequest,
  roleParameter,
  roleResponse,
  rolesQuery,
} from './roles.schemas.js';

type RoleParameter = z.infer<typeof roleParameter>;
const tags = ['roles'];
const auditor = { description: 'Looks at who did what', permissions: ['audit:read', 'events:read'] };
const grants = 'A role can hold only what whoever writes it holds.';

/** What users may do, by role. */
@Controller('roles')
export class RolesController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Access({ scopes: ['roles:read'] }, { docs: { operation: 'listRoles', summary: 'List roles', tags } })
  @Responds(roleResponse)
  async list(@Query({ schema: rolesQuery }) query: z.infer<typeof rolesQuery>) {
    const { items, pagination } = await this.queries.execute(new GetRoles(toPage(query)));
    return new Listed(items, pagination);
  }

  @Get(':name')
  @Access(
    { scopes: ['roles:read'] },
    { docs: { operation: 'getRole', summary: 'Read a role', tags, example: { path: { name: 'support' } } } },
  )
  @Responds(roleResponse)
  async find(@Param({ schema: roleParameter }) { name }: RoleParameter) {
    return await this.queries.execute(new GetRole(name));
  }

  @Post()
  @Access(
    { scopes: ['roles:update'] },
    {
      docs: {
        operation: 'createRole',
        summary: 'Make a role',
        description: grants,
        tags,
        errors: ['CONFLICT'],
        example: { body: { name: 'auditor', ...auditor } },
      },
    },
  )
  @Responds(roleResponse)
  async create(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: createRoleRequest }) { name, ...content }: z.infer<typeof createRoleRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.commands.execute(new CreateRole(name, content, granterOf(request)));
    return await this.queries.execute(new GetRole(name));
  }

  @Put(':name')
  @Access(
    { scopes: ['roles:update'] },
    {
      docs: {
        operation: 'replaceRole',
        summary: 'Write a role anew',
        description: grants,
        tags,
        errors: ['CONFLICT'],
        example: { path: { name: 'auditor' }, body: auditor },
      },
    },
  )
  @Responds(roleResponse)
  async replace(
    @Param({ schema: roleParameter }) { name }: RoleParameter,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: replaceRoleRequest }) content: z.infer<typeof replaceRoleRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.commands.execute(new ChangeRole(name, content, granterOf(request)));
    return await this.queries.execute(new GetRole(name));
  }

  @Patch(':name')
  @Access(
    { scopes: ['roles:update'] },
    {
      docs: {
        operation: 'changeRole',
        summary: 'Change what a role holds or is for',
        description: grants,
        tags,
        errors: ['CONFLICT'],
        example: { path: { name: 'auditor' }, body: { permissions: ['audit:read'] } },
      },
    },
  )
  @Responds(roleResponse)
  async change(
    @Param({ schema: roleParameter }) { name }: RoleParameter,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: changeRoleRequest }) content: z.infer<typeof changeRoleRequest>,
    @Req() request: HttpRequest,
  ) {
    await this.commands.execute(new ChangeRole(name, content, granterOf(request)));
    return await this.queries.execute(new GetRole(name));
  }

  @Delete(':name')
  @Access(
    { scopes: ['roles:update'] },
    {
      docs: {
        operation: 'deleteRole',
        summary: 'Delete a role that nobody has',
        tags,
        errors: ['CONFLICT'],
        example: { path: { name: 'auditor' } },
      },
    },
  )
  @Responds(deletedRoleResponse)
  async remove(
    @Param({ schema: roleParameter }) { name }: RoleParameter,
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Req() request: HttpRequest,
  ) {
    await this.commands.execute(new DeleteRole(name, granterOf(request)));
    return { name, deleted: true };
  }
}
