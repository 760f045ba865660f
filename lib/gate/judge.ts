import type { Baseline } from './baseline.ts';
import { runsOf } from './baseline.ts';
import type { Demand, ReadyBudget } from './budget.ts';
import type { AssertionOptions } from './budget-schema.ts';
import { commandsOf, type Fact, type FirstCall, nameOf, type RunFacts } from './facts.ts';
import { createMatcher } from './globs.ts';
import { type CountMetric, findMetric, measureCount, type SetMetric } from './metrics.ts';
import { createScopeFilter } from './scope.ts';
import type { Evidence, Finding, FindingItem, Verdict } from './verdict.ts';

/** What is judged, and against what. */
export interface Case {
  budget: Pick<ReadyBudget, 'demands' | 'aggregate' | 'ignore'>;
  head: readonly RunFacts[];
  baseline?: Baseline;
}

/** Judges runs by a budget and a baseline: pure, and the same for the same facts. */
export function judge(given: Case): Verdict {
  const base = given.baseline && runsOf(given.baseline).map(({ facts }) => facts);
  const findings = given.budget.demands.map((demand) => judgeDemand(demand, given, base));
  const order = ['failed', 'warned', 'unmeasured', 'passed'];
  findings.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const has = (status: Finding['status']) => findings.some((each) => each.status === status);
  return {
    version: 1,
    result: has('failed') ? 'failed' : has('warned') ? 'warned' : 'passed',
    runs: given.head.map(({ source }, i) => source ?? `run ${i + 1}`),
    baseline: given.baseline?.runs ?? null,
    findings,
  };
}

type Base = readonly (readonly Fact[])[] | undefined;

function judgeDemand(demand: Demand, given: Case, base: Base): Finding {
  const metric = findMetric(demand.name);
  if (!metric) throw new Error(`assertion unknown: ${demand.name}`);
  const isIn = createScopeFilter(demand.options.scope, given.budget.ignore);
  const narrowed: Narrowed = {
    demand,
    aggregate: given.budget.aggregate,
    head: given.head.map((run) => ({ ...run, facts: run.facts.filter(isIn) })),
    base: base?.map((facts) => facts.filter(isIn)),
  };
  return metric.kind === 'set'
    ? judgeSet(metric.set, metric.isNew, narrowed)
    : judgeCount(metric.count, metric.argument, narrowed);
}

interface Narrowed {
  demand: Demand;
  aggregate: ReadyBudget['aggregate'];
  head: RunFacts[];
  base: Base;
}

function judgeSet(set: SetMetric, isNew: boolean, { demand, aggregate, head, base }: Narrowed) {
  if (isNew && !base) return unmeasured(demand, 'there is no baseline yet');
  const { options } = demand;
  const isKind = (fact: Fact) => set.kinds.includes(fact.kind);
  const identify = (fact: Fact) =>
    set.isByProgram ? `${nameOf(fact.program)}\0${fact.subject}` : fact.subject;
  const isWrong = wrongness(options, set.isPath ?? false);
  const isCounted = (fact: Fact) => isKind(fact) && isWrong(fact.subject);
  const known = new Set(base?.flat().filter(isKind).map(identify));
  const items = itemsOf(head, base, isCounted, identify)
    .filter(({ key }) => !isNew || !known.has(key))
    .filter(({ runs }) => aggregate === 'union' || runs * 2 >= head.length)
    .map(({ item }) => item);
  const bases = base?.map((facts) => new Set(facts.filter(isCounted).map(identify)).size);
  const limits = { max: isNew || !hasLimit(options) ? 0 : undefined, ...options };
  const noun = `${isNew ? 'new ' : ''}${set.item}`;
  const texts = items.slice(0, 3).map(({ subject }) => subject);
  const more = items.length > 3 ? ` and ${items.length - 3} more` : '';
  return conclude(demand, limits, {
    value: items.length,
    base: isNew ? (base ? 0 : null) : highest(bases),
    reason: items.length === 0 ? `no ${noun}` : `${noun}: ${texts.join(', ')}${more}`,
    items,
  });
}

function judgeCount(
  count: CountMetric,
  argument: string | undefined,
  { demand, aggregate, head, base }: Narrowed,
): Finding {
  const isGlob = count.argument === 'glob';
  const matches = argument === undefined ? () => true : createMatcher([argument], isGlob);
  const measure = (facts: readonly Fact[]) => measureCount(count, facts, matches);
  const value = aggregateOf(
    head.map(({ facts }) => measure(facts)),
    aggregate,
  );
  const known = highest(base?.map(measure).filter((each) => each !== null));
  const { options } = demand;
  const needsBase = options.maxIncrease !== undefined || options.maxRatio !== undefined;
  if (value === null) return unmeasured(demand, 'the log does not tell');
  if (needsBase && known === null && options.max === undefined && options.min === undefined)
    return unmeasured(demand, base ? 'the baseline does not tell' : 'there is no baseline yet');
  const isCounted = (fact: Fact) => count.kinds.includes(fact.kind) && matches(fact.subject);
  const items = itemsOf(head, base, isCounted, ({ program, subject }) => `${program}\0${subject}`)
    .map(({ item }) => item)
    .filter((item) => item.count > item.base)
    .sort((a, b) => b.count - b.base - (a.count - a.base))
    .slice(0, 5)
    .map((item) => inUnit(item, count));
  const limits = hasLimit(options) ? options : { max: 0, ...options };
  const subject = argument === undefined ? '' : ` (${argument})`;
  const [what] = count.description.toLowerCase().split(/;| \(/);
  const reason = `${what}${subject}: ${printed(value)}${count.unit === 'ms' ? ' ms' : ''}`;
  return { ...conclude(demand, limits, { value, base: known, reason, items }), unit: count.unit };
}

/** An item that counts what its number counts. */
function inUnit(item: FindingItem, { divisor = 1 }: CountMetric): FindingItem {
  return { ...item, count: item.count / divisor, base: item.base / divisor };
}

/** Whether an item of a set is one of those that a budget does not want. */
function wrongness({ allow, deny, ignore }: AssertionOptions, isPath: boolean) {
  const isIgnored = createMatcher(ignore, isPath);
  const isDenied = createMatcher(deny, isPath);
  const isAllowed = createMatcher(allow, isPath);
  return (subject: string) => {
    if (isIgnored(subject)) return false;
    if (isDenied(subject)) return true;
    return allow ? !isAllowed(subject) : !deny;
  };
}

interface KeyedItem {
  key: string;
  runs: number;
  item: FindingItem;
}

/** What runs did, told apart by `identify`, in the order of the log. */
function itemsOf(
  head: readonly RunFacts[],
  base: Base,
  isCounted: (fact: Fact) => boolean,
  identify: (fact: Fact) => string,
): KeyedItem[] {
  const items = new Map<string, KeyedItem>();
  for (const run of head) {
    for (const [key, facts] of Map.groupBy(run.facts.filter(isCounted), identify)) {
      const count = facts.reduce((sum, fact) => sum + fact.count, 0);
      const known = items.get(key);
      if (known) {
        known.runs++;
        known.item.runs++;
        known.item.count = Math.max(known.item.count, count);
        continue;
      }
      const first = facts.reduce((a, b) => (lineOf(b) < lineOf(a) ? b : a));
      const { subject, program } = first;
      const item = { subject, program, count, base: 0, runs: 1, evidence: evidenceOf(run, first) };
      items.set(key, { key, runs: 1, item });
    }
  }
  for (const facts of base ?? []) {
    for (const [key, same] of Map.groupBy(facts.filter(isCounted), identify)) {
      const item = items.get(key)?.item;
      const count = same.reduce((sum, fact) => sum + fact.count, 0);
      if (item) item.base = Math.max(item.base, count);
    }
  }
  return [...items.values()].sort(
    (a, b) => (a.item.evidence?.line ?? 0) - (b.item.evidence?.line ?? 0),
  );
}

function evidenceOf(run: RunFacts, { first }: Fact): Evidence | null {
  if (!first) return null;
  const commands = commandsOf(run, first);
  return { source: run.source ?? null, ...first, commands, look: lookAt(run, first) };
}

/** How to see a call: an address, or a command that prints its line. */
function lookAt({ source, link }: RunFacts, { line, process }: FirstCall): string | null {
  if (line !== null && link) return link.replaceAll('{line}', String(line));
  if (!source) return null;
  if (line !== null && /\.(log|strace|txt)$/.test(source)) return `sed -n ${line}p ${source}`;
  return process === null ? null : `stracelake report ${source} follow --pid ${process}`;
}

function lineOf({ first }: Fact): number {
  return first?.line ?? Number.POSITIVE_INFINITY;
}

function hasLimit({ max, min, maxIncrease, maxRatio }: AssertionOptions): boolean {
  return [max, min, maxIncrease, maxRatio].some((limit) => limit !== undefined);
}

/** Holds a value against its limits. */
function conclude(
  demand: Demand,
  limits: AssertionOptions,
  { value, base, reason, items }: Pick<Finding, 'base' | 'reason' | 'items'> & { value: number },
): Finding {
  const above = [
    limits.maxIncrease !== undefined && base !== null && base + limits.maxIncrease,
    limits.maxRatio !== undefined && base !== null && base * limits.maxRatio,
  ].filter((each) => each !== false);
  const most = [limits.max, above.length > 0 ? Math.max(...above) : undefined].filter(
    (each) => each !== undefined,
  );
  const isBelow = limits.min !== undefined && value < limits.min;
  const limit = isBelow ? limits.min! : most.length > 0 ? Math.min(...most) : null;
  const holds = !isBelow && (limit === null || value <= limit);
  return {
    assertion: demand.name,
    level: demand.level,
    status: holds ? 'passed' : demand.level === 'warn' ? 'warned' : 'failed',
    ...(demand.options.scope && { scope: demand.options.scope }),
    value,
    base,
    limit,
    reason,
    items: holds ? [] : items,
  };
}

function unmeasured(demand: Demand, reason: string): Finding {
  return {
    assertion: demand.name,
    level: demand.level,
    status: 'unmeasured',
    ...(demand.options.scope && { scope: demand.options.scope }),
    value: null,
    base: null,
    limit: null,
    reason,
    items: [],
  };
}

function aggregateOf(values: readonly (number | null)[], by: ReadyBudget['aggregate']) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  return by === 'union' ? known.at(-1)! : known[Math.floor((known.length - 1) / 2)]!;
}

function highest(values: readonly number[] | undefined): number | null {
  return values && values.length > 0 ? Math.max(...values) : null;
}

function printed(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
