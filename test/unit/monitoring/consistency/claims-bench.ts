import { createChecker } from '../../../../monitoring/consistency/checker.ts';
import type {
  CheckedRoute,
  CheckerSettings,
  CheckOptions,
} from '../../../../monitoring/consistency/checked-route.ts';
import type { CheckReport } from '../../../../monitoring/consistency/report.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { mirrorInto, passedPorts } from '../fixtures.ts';
import { MemoryDatabase } from './memory-database.ts';
import type { RowCells } from '../../../../monitoring/consistency/reader.ts';

export function claims(namespace: string, name = 'claim'): TableShape {
  return {
    id: { namespace, name },
    columns: [
      { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false },
      { name: 'amount', type: { kind: 'decimal', precision: 18, scale: 2 }, nullable: false },
      { name: 'remark', type: { kind: 'text' }, nullable: true },
    ],
    key: ['id'],
  };
}

/** Two databases with a table of claims each, and a route that mirrors one into the other. */
export class ClaimsBench {
  readonly source = new MemoryDatabase();
  readonly target = new MemoryDatabase();

  constructor() {
    this.source.create(claims('oa'));
    this.target.create(claims('ap'));
  }

  get oa(): RowCells[] {
    return this.source.rows('oa.claim');
  }

  get ap(): RowCells[] {
    return this.target.rows('ap.claim');
  }

  /** Checks, and sees that no snapshot stayed open. */
  async check(
    over: Partial<CheckedRoute> = {},
    settings: CheckerSettings = {},
    options: Partial<CheckOptions> = {},
    inOrder = true,
  ): Promise<CheckReport> {
    const { source, target } = this;
    const route: CheckedRoute = {
      ...{ name: 'claims', mapping: mirrorInto('ap', { copiesRows: () => inOrder }), source, target },
      tables: () => Promise.resolve([{ namespace: 'oa', name: 'claim' }]),
      ...passedPorts(),
      ...over,
    };
    const report = await createChecker({ pollMilliseconds: 1, ...settings }).check(route, {
      ...{ signal: new AbortController().signal, deadlineSeconds: 0.05 },
      ...options,
    });
    expect([source.open, target.open]).toEqual([0, 0]);
    return report;
  }
}
