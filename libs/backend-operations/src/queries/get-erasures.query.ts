import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database, type Page, type PageResult } from '@visapi/backend-repositories';
import { type ErasureRow, ErasuresRepository } from '@visapi/backend-repositories/privacy';

/** Persons who were forgotten, the last one first. */
export class GetErasures extends Query<PageResult<ErasureRow>> {
  constructor(readonly page: Page) {
    super();
  }
}

@QueryHandler(GetErasures)
export class GetErasuresHandler implements IQueryHandler<GetErasures> {
  constructor(
    private readonly database: Database,
    private readonly erasures: ErasuresRepository,
  ) {}

  async execute({ page }: GetErasures): Promise<PageResult<ErasureRow>> {
    return await this.erasures.findPage(this.database.db, {}, page);
  }
}
