import { Problem } from '#services/problem.ts';
import type { Scenario } from '../scenario.ts';
import { processScenarios } from './processes.ts';
import { serverScenarios } from './servers.ts';
import { vendorScenarios } from './vendors.ts';

const order = (name: string): number => Number(/^F(\d+)/.exec(name)?.[1] ?? Infinity);

/** In the order of the promises; those without a number come last. */
export const scenarios: readonly Scenario[] = [
  ...processScenarios,
  ...serverScenarios,
  ...vendorScenarios,
].sort((one, other) => order(one.name) - order(other.name) || one.name.localeCompare(other.name));

/**
 * The scenarios that names ask for: one (`F3-kill`), all of a number (`F3`), or none for all.
 * @throws Problem naming what there is when a name is unknown
 */
export function select(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  const asked = (scenario: Scenario, name: string): boolean =>
    scenario.name === name || scenario.name.startsWith(`${name}-`);
  const unknown = names.filter((name) => !scenarios.some((scenario) => asked(scenario, name)));
  if (unknown.length > 0) {
    const choices = scenarios.map(({ name }) => name).join(', ');
    throw new Problem(`there is no scenario named ${unknown.join(', ')}`, `One or more of: ${choices}`);
  }
  return scenarios.filter((scenario) => names.some((name) => asked(scenario, name)));
}
