import type { Baseline } from './baseline.ts';
import { runsOf } from './baseline.ts';
import { readyBudget } from './budget.ts';
import type { PresetName } from './budget-schema.ts';
import { judge } from './judge.ts';

/** Presets beyond `recommended` that a budget begins with where the baseline keeps to them already. */
const offered: readonly PresetName[] = ['no-network', 'supply-chain'];

/** Text of a first budget for programs that behave as a baseline does; `schema` is where editors find its schema. */
export function firstBudget(baseline: Baseline, schema: string | undefined): string {
  const head = runsOf(baseline).map(({ facts }) => ({ facts: [...facts], processes: [] }));
  const kept = offered.filter((name) => {
    const budget = readyBudget({ extends: [name], aggregate: 'union' });
    return judge({ budget, head, baseline }).result !== 'failed';
  });
  const budget = {
    ...(schema && { $schema: schema }),
    extends: ['recommended', ...kept],
    aggregate: 'median',
    ignore: [],
    assert: {},
  };
  return `${JSON.stringify(budget, null, 2)}\n`;
}
