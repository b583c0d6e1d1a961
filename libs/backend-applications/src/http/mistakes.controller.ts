import { Body, Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  Access,
  askedBy,
  askingKeyId,
  describeRequest,
  type HttpRequest,
  noQuery,
  Responds,
  webhookLimit,
} from '@visapi/backend-http';
import type { z } from 'zod';
import { ReportIssues } from '../commands/report-issues.command.js';
import { mistakesBody, mistakesResponse, toMistakesResponse } from './mistakes.schemas.js';

/** Defects of applications, from the staff's system. Staff repeat by hand, so repeats are harmless. */
@Controller('webhooks/visanet/mistakes')
export class MistakesController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access(
    { scopes: ['webhook:visanet'] },
    {
      ...webhookLimit,
      docs: {
        operation: 'reportIssues',
        summary: 'Report defects of an application',
        description:
          'The applicant is told of them once; a repeat of the same issues is answered and does nothing.',
        example: {
          body: { applicantId: 'apl_Zy9xWv6uTs3r', issues: { face_photo: [{ value: 'with_glasses' }] } },
        },
      },
    },
  )
  @Responds(mistakesResponse)
  async report(
    @Query({ schema: noQuery }) _query: z.infer<typeof noQuery>,
    @Body({ schema: mistakesBody }) body: z.infer<typeof mistakesBody>,
    @Req() request: HttpRequest,
  ) {
    const by = { ...askedBy(request), apiKeyId: askingKeyId(request) };
    const { applicantId, issues, phone } = body;
    const result = await this.commands.execute(new ReportIssues(applicantId, issues, phone, by));
    describeRequest(request, { event: 'issues.reported', orderId: result.orderId, outcome: result.status });
    return toMistakesResponse(applicantId, result);
  }
}
