import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '@visapi/backend-kernel';
import { examplePresets, type Preset, presetSpecification } from '../specifications/presets.specification.js';

export interface DescribedPreset {
  readonly preset: Preset;
  readonly meaning: string;
}

/** The presets of a search, each with what it means at this moment. */
export class GetSearchPresets extends Query<readonly DescribedPreset[]> {}

@QueryHandler(GetSearchPresets)
export class GetSearchPresetsHandler implements IQueryHandler<GetSearchPresets> {
  constructor(private readonly clock: Clock) {}

  async execute(): Promise<readonly DescribedPreset[]> {
    const now = this.clock.now();
    return examplePresets.map((preset) => ({
      preset,
      meaning: presetSpecification(preset, now).describe(),
    }));
  }
}
