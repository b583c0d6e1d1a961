import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Access, askedBy, type HttpRequest, Listed, noQuery, Responds, toPage } from '@visapi/backend-http';
import type { z } from 'zod';
import { ChangeApiKey } from '../commands/change-api-key.command.js';
import { CreateApiKey } from '../commands/create-api-key.command.js';
import { RevokeApiKey } from '../commands/revoke-api-key.command.js';
import { RotateApiKey } from '../commands/rotate-api-key.command.js';
import { GetApiKey } from '../queries/get-api-key.query.js';
import { GetApiKeys } from '../queries/get-api-keys.query.js';
import {
  apiKeyParameter,
  apiKeyResponse,
  apiKeysQuery,
  changeRequest,
  createRequest,
  givenApiKeyResponse,
  rotateRequest,
} from './api-keys.schemas.js';
import { granterOf } from './grants.schemas.js';

type Id = z.infer<typeof apiKeyParameter>;
type NoQuery = z.infer<typeof noQuery>;

const someId = '0198c2f4-7d1e-7c3a-9b52-6f4d8e2a1b03';
const held = 'A key is given, and its secret shown, only by whoever holds all that it may do.';
const wanted = { name: 'Partner shop', scopes: ['orders:read', 'orders:write'], expiresInDays: 90 };

/** Keys of programs: who has one, what it may do, from where and until when. */
@Controller('api-keys')
export class ApiKeysController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Access(
    { scopes: ['keys:read'] },
    { docs: { operation: 'listApiKeys', summary: 'List API keys', example: { query: { state: 'live' } } } },
  )
  @Responds(apiKeyResponse)
  async list(@Query({ schema: apiKeysQuery }) query: z.infer<typeof apiKeysQuery>) {
    const page = await this.queries.execute(new GetApiKeys(query, toPage(query)));
    return new Listed(page.items, page.pagination);
  }

  @Get(':id')
  @Access(
    { scopes: ['keys:read'] },
    { docs: { operation: 'getApiKey', summary: 'Read an API key', example: { path: { id: someId } } } },
  )
  @Responds(apiKeyResponse)
  async find(@Param({ schema: apiKeyParameter }) { id }: Id, @Query({ schema: noQuery }) _query: NoQuery) {
    return await this.queries.execute(new GetApiKey(id));
  }

  @Post()
  @Header('cache-control', 'no-store')
  @Access(
    { scopes: ['keys:create'] },
    {
      secret: true,
      docs: {
        operation: 'createApiKey',
        summary: 'Create an API key',
        description: `${held} The key is shown this once.`,
        example: { body: wanted },
      },
    },
  )
  @Responds(givenApiKeyResponse)
  async create(
    @Query({ schema: noQuery }) _query: NoQuery,
    @Body({ schema: createRequest }) asked: z.infer<typeof createRequest>,
    @Req() request: HttpRequest,
  ) {
    return await this.commands.execute(new CreateApiKey(asked, granterOf(request)));
  }

  @Patch(':id')
  @Access(
    { scopes: ['keys:update'] },
    {
      docs: {
        operation: 'changeApiKey',
        summary: 'Change an API key',
        example: {
          path: { id: someId },
          body: { scopes: ['orders:read'], allowedNetworks: ['203.0.113.0/24'] },
        },
        description: held,
        errors: ['CONFLICT'],
      },
    },
  )
  @Responds(apiKeyResponse)
  async change(
    @Param({ schema: apiKeyParameter }) { id }: Id,
    @Query({ schema: noQuery }) _query: NoQuery,
    @Body({ schema: changeRequest }) changes: z.infer<typeof changeRequest>,
    @Req() request: HttpRequest,
  ) {
    return await this.commands.execute(new ChangeApiKey(id, changes, granterOf(request)));
  }

  @Delete(':id')
  @Access(
    { scopes: ['keys:delete'] },
    {
      docs: {
        operation: 'revokeApiKey',
        summary: 'Revoke an API key',
        example: { path: { id: someId } },
        description: 'It is refused everywhere within five seconds, for good. Again, it answers the same.',
      },
    },
  )
  @Responds(apiKeyResponse)
  async revoke(
    @Param({ schema: apiKeyParameter }) { id }: Id,
    @Query({ schema: noQuery }) _query: NoQuery,
    @Req() request: HttpRequest,
  ) {
    return await this.commands.execute(new RevokeApiKey(id, askedBy(request)));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Access(
    { scopes: ['keys:update'] },
    {
      secret: true,
      docs: {
        operation: 'rotateApiKey',
        summary: 'Give an API key another secret',
        example: { path: { id: someId }, body: { overlapSeconds: 3600 } },
        description: `The one before is accepted for \`overlapSeconds\`. ${held}`,
        errors: ['CONFLICT'],
      },
    },
  )
  @Responds(givenApiKeyResponse)
  async rotate(
    @Param({ schema: apiKeyParameter }) { id }: Id,
    @Query({ schema: noQuery }) _query: NoQuery,
    @Body({ schema: rotateRequest }) { overlapSeconds }: z.infer<typeof rotateRequest>,
    @Req() request: HttpRequest,
  ) {
    return await this.commands.execute(new RotateApiKey(id, overlapSeconds, granterOf(request)));
  }
}
