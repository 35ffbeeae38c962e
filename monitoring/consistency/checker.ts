import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../schemas/contract/table.ts';
import { rowKeyOf } from '../../schemas/contract/cell.ts';
import { lookAgain } from './another-look.ts';
import type { Suspect } from './another-look.ts';
import type { Checker, CheckerSettings, CheckOptions, CheckedRoute, ConfirmedRow } from './checked-route.ts';
import { countAgain } from './count-again.ts';
import { isCounted } from './expected-rows.ts';
import { waitForFence } from './fence.ts';
import type { UnreadRow } from './fence.ts';
import { comparedGroup } from './compared-group.ts';
import { firstLook } from './first-look.ts';
import type { ComparedGroup } from './compared-group.ts';
import type { FirstLook, LookTools, Snapshots } from './first-look.ts';
import { Pace } from './pace.ts';
import { planGroups } from './plan.ts';
import type { TableGroup } from './plan.ts';
import { openProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { worstVerdict } from './report.ts';
import type { CheckReport, FenceReport, TableReport } from './report.ts';
import { positionText } from './source-position.ts';
import { unreadKeys } from './unread-rows.ts';
import { inconclusive, judge, tableReport } from './verdict.ts';
import type { Confirmed } from './verdict.ts';

export function createChecker(settings: CheckerSettings = {}): Checker {
  return { check: (route, options) => new Check(route, options, settings).run() };
}

/** One table whose differences are being looked at again. */
interface OpenTable {
  readonly group: ComparedGroup;
  readonly first: FirstLook;
  suspects: readonly Suspect[];
  readonly confirmed: Confirmed[];
  /** Keys that differ since after the cut-off. */
  later: number;
}

/** The check could not go on; the message is the reason. */
class Inconclusive extends Error {}

class Check {
  private readonly began = performance.now();
  private readonly rounds: number;
  private fence: { position: string | null; passed: boolean; waited: number } = {
    ...{ position: null, passed: false, waited: 0 },
  };
  private looks = 0;
  private readonly reports: TableReport[] = [];
  private planned: string[] = [];
  private unknown: readonly string[] = [];
  private unread: readonly UnreadRow[] = [];
  private progress: Progress | null = null;

  constructor(
    private readonly route: CheckedRoute,
    private readonly options: CheckOptions,
    private readonly settings: CheckerSettings,
  ) {
    this.rounds = Math.max(2, settings.rounds ?? 5);
  }

  async run(): Promise<CheckReport> {
    try {
      await this.steps();
      return this.report(null);
    } catch (error) {
      return this.report(this.reasonOf(error));
    } finally {
      this.progress?.close();
    }
  }

  private async steps(): Promise<void> {
    const groups = await this.untilAborted(this.plan());
    await this.untilAborted(this.passFence());
    const open = await this.look(groups);
    // What the first look has proven stands, whatever keeps the others from being looked at again.
    const interruption = await this.settle(open).catch((error: unknown) => this.reasonOf(error));
    if (interruption === undefined) this.progress?.remove();
    for (const table of open) this.reports.push(this.reportOf(table, interruption ?? null));
  }

  private async plan(): Promise<readonly TableGroup[]> {
    const { mapping, source } = this.route;
    const ids = (await this.route.tables()).filter((id) => mapping.accepts(id));
    const shapes = (await source.describeTables(ids)).map((shape, at) => {
      if (shape !== null) return shape;
      const label = tableLabel(ids[at] ?? { namespace: '', name: '' });
      throw new Inconclusive(`the source has no table ${label}`);
    });
    const { groups, refused, unknown } = planGroups(mapping, shapes, this.options.tables);
    this.unknown = unknown;
    for (const { table, error } of refused) this.reports.push(inconclusive(table, reasonIn(error)));
    this.planned = groups.flatMap(({ targets }) => targets.map(({ id }) => tableLabel(id)));
    if (groups.length + refused.length === 0) throw new Inconclusive('there is no table to check');
    return groups.filter((group) => this.canCompare(group));
  }

  /** Rows without a key can be counted, but not be told to belong to rows with one. */
  private canCompare(group: TableGroup): boolean {
    const all = [...group.sources, ...group.targets];
    const keyless = all.find(({ key }) => key.length === 0);
    if (keyless === undefined || all.every(({ key }) => key.length === 0)) return true;
    for (const { id } of group.targets)
      this.reports.push(inconclusive(tableLabel(id), `${tableLabel(keyless.id)} has no key to compare by`));
    return false;
  }

  /** Waits until the route has applied what is committed at the source now. */
  private async passFence(): Promise<void> {
    const { route, options, settings } = this;
    const position = await route.source.position();
    this.fence.position = positionText(position);
    this.fence.passed = false;
    const began = performance.now();
    const waiting = {
      signal: options.signal,
      deadlineSeconds: options.deadlineSeconds,
      ...(settings.pollMilliseconds === undefined ? {} : { pollMilliseconds: settings.pollMilliseconds }),
    };
    const outcome = await (route.unread?.(position, waiting) ?? waitForFence(route, position, waiting));
    this.fence.waited += (performance.now() - began) / 1_000;
    this.fence.passed = outcome.passed;
    if (!outcome.passed) throw new Inconclusive(outcome.reason);
    this.unread = outcome.unread ?? [];
  }

  private async look(groups: readonly TableGroup[]): Promise<readonly OpenTable[]> {
    const { settings, route } = this;
    const existing = await this.untilAborted(
      this.existing(groups.flatMap(({ targets }) => targets.map(({ id }) => id))),
    );
    const { tombstones } = route;
    const [noted] =
      tombstones === undefined ? [] : await this.untilAborted(route.target.describeTables([tombstones]));
    const compared = groups.map((group) => comparedGroup(route.mapping, group, existing, noted ?? null));
    const { tables, where } = this.options;
    const check = [
      route.name,
      route.databases,
      route.mapping.name,
      route.mapping.version,
      groups,
      tables,
      where,
    ];
    this.progress = openProgress(settings.progressFolder, route.name, check);
    const tools: LookTools = {
      differences: settings.relookKeys ?? 10_000,
      spool: settings,
      pace: new Pace(settings.budget ?? {}, this.options.signal),
      fence: { position: this.fence.position ?? '', at: new Date().toISOString() },
      progress: this.progress,
    };
    this.looks += 1;
    return this.withSnapshots(async (snapshots) => {
      const open: OpenTable[] = [];
      for (const group of compared)
        for (const first of await firstLook(group, snapshots, tools, this.options))
          open.push({ group, first, suspects: first.comparison.differences, confirmed: [], later: 0 });
      return open;
    });
  }

  private async existing(ids: readonly TableId[]): Promise<ReadonlyMap<string, TableShape>> {
    const shapes = await this.route.target.describeTables(ids);
    return new Map(
      shapes.flatMap((shape) => (shape === null ? [] : [[tableLabel(shape.id), shape] as const])),
    );
  }

  /** Looks at differing keys again, each time behind another fence, until each is equal, confirmed, or out of rounds. */
  private async settle(open: readonly OpenTable[]): Promise<undefined> {
    while (this.looks < this.rounds && open.some(({ suspects }) => suspects.length > 0)) {
      await this.untilAborted(this.passFence());
      this.looks += 1;
      await this.withSnapshots(async (snapshots) => {
        for (const table of open) await this.settleTable(table, snapshots);
      });
    }
    return undefined;
  }

  private async settleTable(table: OpenTable, snapshots: Snapshots): Promise<void> {
    const compared = table.first.table;
    const unread = unreadKeys(table.group, compared, this.unread);
    const before = table.suspects.length;
    table.suspects = table.suspects.filter(({ key }) => !unread.has(key));
    table.later += before - table.suspects.length;
    if (table.suspects.length === 0) return;
    const look = isCounted(compared) ? countAgain : lookAgain;
    const looks = await look(table.group, compared, table.suspects, snapshots, this.options.signal);
    const changed: Suspect[] = [];
    for (const suspect of table.suspects) {
      const now = looks.get(suspect.key);
      if (now === undefined) continue;
      const judgement = judge(suspect, now);
      const { expected, actual, version } = now;
      if (judgement === 'changed') changed.push({ ...suspect, expected, actual, version });
      if (judgement !== 'confirmed') continue;
      const cells = isCounted(compared) ? [`row ${suspect.key}`] : compared.digester.keyCells(suspect.key);
      const key = rowKeyOf(cells);
      table.confirmed.push({ key, look: now });
      this.options.onConfirmed?.({
        ...{ table: compared, key: suspect.key, look: now },
        source: sourceOf(table.group, suspect),
      });
    }
    table.suspects = changed;
  }

  private async withSnapshots<T>(use: (snapshots: Snapshots) => Promise<T>): Promise<T> {
    // The target's view is the older one: see Snapshots.
    const target = await this.route.target.snapshot();
    try {
      const source = await this.route.source.snapshot();
      try {
        return await this.untilAborted(use({ source, target }));
      } finally {
        await source.close();
      }
    } finally {
      await target.close();
    }
  }

  private reportOf(
    { group, first, confirmed, suspects, later }: OpenTable,
    interruption: string | null,
  ): TableReport {
    const open = suspects.length;
    for (const { key } of suspects) this.options.onUndecided?.({ table: first.table, key });
    const obstacles: string[] = [];
    if (first.unplaced > 0)
      obstacles.push(
        `${first.unplaced.toString()} source rows break their contract, and lead to no key to look under`,
      );
    if (open > 0 && interruption !== null)
      obstacles.push(`${open.toString()} keys differed and were not looked at again: ${interruption}`);
    return tableReport({
      table: first.table.label,
      comparison: first.comparison,
      confirmed,
      hot: interruption === null ? open : 0,
      obstacles,
      later,
      shownKeys: this.settings.shownKeys ?? 20,
      way: group.ordered !== null && this.options.where === undefined ? 'key order' : 'digests',
      parts: first.parts,
    });
  }

  /** Throws when the signal comes first, whatever a database that does not answer is being waited for. */
  private async untilAborted<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.options;
    let abort: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => {
        reject(new Inconclusive('the check was cancelled'));
      };
    });
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private report(reason: string | null): CheckReport {
    const { position, passed, waited } = this.fence;
    const fence: FenceReport = { position, passed, waitedSeconds: waited };
    const reported = new Set(this.reports.map(({ table }) => table));
    const others = reason === null ? [] : this.planned.filter((table) => !reported.has(table));
    const tables = [...this.reports, ...others.map((table) => inconclusive(table, reason ?? ''))];
    const verdict = worstVerdict(tables.map((table) => table.verdict));
    return {
      route: this.route.name,
      verdict,
      reason,
      tables,
      unknownTables: this.unknown,
      fence,
      rounds: this.looks,
      seconds: (performance.now() - this.began) / 1_000,
    };
  }

  private reasonOf(error: unknown): string {
    if (this.options.signal.aborted) return 'the check was cancelled';
    if (error instanceof Inconclusive) return error.message;
    if (error instanceof CounterfoilError) return reasonIn(error);
    if (error instanceof RangeError) return error.message;
    // Anything else may quote what it stumbled over.
    return `the check failed (${error instanceof Error ? error.name : 'unknown error'})`;
  }
}

function sourceOf({ sources }: ComparedGroup, { origin }: Suspect): ConfirmedRow['source'] {
  const table = origin === null ? undefined : sources[origin.table]?.source;
  return origin === null || table === undefined ? null : { table, key: origin.key };
}

function reasonIn({ message, remedy }: CounterfoilError): string {
  return remedy === undefined ? message : `${message}. ${remedy}`;
}
