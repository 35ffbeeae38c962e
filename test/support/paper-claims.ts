import fc from 'fast-check';
import type { Row } from '../../schemas/contract/cell.ts';
import type { MessageBody } from '../../schemas/contract/message.ts';
import type { Version } from '../../schemas/contract/position.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { approvals, claims, lines } from './fed-documents.ts';
import type { RowChange } from './fed-documents.ts';

export const TABLES = [claims, lines, approvals];

export interface Step {
  readonly kind: 'save' | 'line' | 'move' | 'approve' | 'withdraw' | 'remove';
  readonly claim: number;
  readonly other: number;
  readonly amounts: readonly number[];
}

export const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('save', 'save', 'line', 'move', 'approve', 'withdraw', 'remove'),
  claim: fc.nat(2),
  other: fc.nat(2),
  amounts: fc.array(fc.nat(99), { maxLength: 4 }),
});
export type State = ReadonlyMap<TableShape, ReadonlyMap<bigint, Row>>;

/** An office on paper: what it holds, and the changes of its transactions. */
export class PaperClaims {
  readonly state = new Map(TABLES.map((table) => [table, new Map<bigint, Row>()]));
  readonly changes: RowChange[] = [];
  /** What it held when the heartbeat of this version was written. */
  readonly states = new Map<Version, State>();
  readonly beats: Version[] = [];
  #ids: bigint;

  /** Its claims are `base` and those after it; `tick` gives the next version. */
  constructor(
    private readonly base: bigint,
    private readonly tick: () => Version,
  ) {
    this.#ids = base + 100n;
  }

  transact(steps: readonly Step[]): void {
    for (const each of steps) this.#do(each);
    const beat = this.tick();
    this.beats.push(beat);
    this.states.set(beat, new Map([...this.state].map(([table, rows]) => [table, new Map(rows)])));
  }

  #do({ kind, claim, other, amounts }: Step): void {
    const id = this.base + BigInt(claim);
    const own = [...this.state.get(lines)!].filter(([, row]) => row['claim_id'] === id);
    switch (kind) {
      case 'save':
        this.#put(claims, id, { total: `${amounts.length}.50`, title: `t${amounts[0] ?? 0}` });
        for (const [line] of own) this.#drop(lines, line);
        amounts.forEach((amount, at) => {
          this.#put(lines, this.#ids++, { claim_id: id, line_no: at + 1, amount: `${amount}.00` });
        });
        return;
      case 'line':
        for (const [line, row] of own.slice(0, 1)) this.#put(lines, line, { ...row, amount: '7.77' });
        return;
      case 'move':
        for (const [line, row] of own.slice(0, 2))
          this.#put(lines, line, { ...row, claim_id: this.base + BigInt(other) });
        return;
      case 'approve':
        this.#put(approvals, this.#ids++, { of_kind: 'claim', of_id: id });
        this.#put(approvals, this.#ids++, { of_kind: 'contract', of_id: id });
        return;
      case 'withdraw':
        for (const [approval, row] of this.state.get(approvals)!)
          if (row['of_id'] === id) this.#put(approvals, approval, { ...row, of_kind: 'contract' });
        return;
      case 'remove':
        this.#drop(claims, id);
        for (const [line] of own) this.#drop(lines, line);
    }
  }

  #put(table: TableShape, id: bigint, row: Row): void {
    this.state.get(table)!.set(id, { ...row, id });
    this.changes.push({ table, id, row, version: this.tick() });
  }

  #drop(table: TableShape, id: bigint): void {
    if (this.state.get(table)!.delete(id)) this.changes.push({ table, id, row: null, version: this.tick() });
  }
}

/** The document as it was then, by its own reading. */
export function documentIn(state: State, id: bigint): MessageBody | null {
  const row = state.get(claims)!.get(id);
  if (row === undefined) return null;
  const cells = (of: TableShape, value: Row) =>
    Object.fromEntries(of.columns.map(({ name }) => [name, value[name] ?? null]));
  const rows = (of: TableShape, belongs: (value: Row) => boolean) =>
    [...state.get(of)!.values()].filter(belongs).map((value) => ({ cells: cells(of, value), nested: {} }));
  const order = ({ cells: { line_no: no, id: key } }: MessageBody) =>
    [Number(no ?? 0), key as bigint] as const;
  const byPlace = (a: MessageBody, b: MessageBody) =>
    order(a)[0] - order(b)[0] || (order(a)[1] < order(b)[1] ? -1 : 1);
  return {
    cells: cells(claims, row),
    nested: {
      lines: rows(lines, (value) => value['claim_id'] === id).sort(byPlace),
      approvals: rows(approvals, (value) => value['of_id'] === id && value['of_kind'] === 'claim').sort(
        byPlace,
      ),
    },
  };
}
