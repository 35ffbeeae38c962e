import { hash } from 'node:crypto';
import type { Cell } from '../../schemas/contract/cell.ts';
import type { Column, TableShape } from '../../schemas/contract/table.ts';
import { cellOfNormal, normalizerOf } from './normal-cell.ts';
import type { Normalizer } from './normal-cell.ts';

/** 16 characters, each one byte: the first half of a SHA-256. Equal digests are taken for equal rows. */
export type Digest = string;

export const DIGEST_BYTES = 16;

/** Cells of a row in the order of its columns; a cell that is missing altogether is undefined. */
export type Cells = readonly (Cell | undefined)[];

/** Normal texts of a row's cells in the order of its columns. */
export type NormalTexts = readonly (string | null | undefined)[];

/**
 * Digests of the rows of a table, and their canonical keys. Digested are the normal texts of all cells, each with its length
 * before it, so that no two rows run together into one text; null, an empty value and a missing cell are three things.
 */
export class RowDigester {
  readonly keyColumns: readonly Column[];
  private readonly columns: readonly Column[];
  private readonly normalizers: readonly Normalizer[];
  private readonly keyAt: readonly number[];

  constructor({ columns, key }: TableShape) {
    this.columns = columns;
    this.normalizers = columns.map(({ type }) => normalizerOf(type));
    this.keyAt = key.map((name) => columns.findIndex((column) => column.name === name));
    this.keyColumns = this.keyAt.flatMap((at) => columns[at] ?? []);
  }

  digest(cells: Cells): Digest {
    let text = '';
    for (let at = 0; at < this.columns.length; at += 1) text += framed(this.textAt(cells, at));
    return digestText(text);
  }

  digestOfTexts(texts: NormalTexts): Digest {
    let text = '';
    for (let at = 0; at < this.columns.length; at += 1) text += framed(texts[at]);
    return digestText(text);
  }

  /** Canonical text of the key: equal exactly when the key cells are equal by value. Throws RangeError on null in a key. */
  key(cells: Cells): string {
    let text = '';
    for (const at of this.keyAt) text += this.keyPart(this.textAt(cells, at), at);
    return text;
  }

  keyOfTexts(texts: NormalTexts): string {
    let text = '';
    for (const at of this.keyAt) text += this.keyPart(texts[at], at);
    return text;
  }

  /** The canonical key of key cells alone. */
  keyOfKeyCells(keyCells: Cells): string {
    const cells: (Cell | undefined)[] = [];
    for (const [index, at] of this.keyAt.entries()) cells[at] = keyCells[index];
    return this.key(cells);
  }

  /** The cells of a canonical key, in normal form (a decimal without trailing zeros). */
  keyCells(key: string): readonly Cell[] {
    let at = 0;
    return this.keyColumns.map(({ type }) => {
      const colon = key.indexOf(':', at);
      const end = colon + 1 + Number(key.slice(at, colon));
      const text = key.slice(colon + 1, end);
      at = end;
      return cellOfNormal(type, text);
    });
  }

  /** Names of the columns in which two rows differ. */
  differingColumns(left: Cells, right: Cells): readonly string[] {
    return this.columns
      .filter((_, at) => this.textAt(left, at) !== this.textAt(right, at))
      .map(({ name }) => name);
  }

  private textAt(cells: Cells, at: number): string | null | undefined {
    const cell = cells[at];
    return cell === null || cell === undefined ? cell : this.normalizers[at]?.(cell);
  }

  private keyPart(text: string | null | undefined, at: number): string {
    if (text === null || text === undefined)
      throw new RangeError(`key column ${this.columns[at]?.name ?? '?'} holds no value in some row`);
    return framed(text);
  }
}

/** A digest that no row has: `reason` says why there is none. */
export function digestOfNoRow(reason: string): Digest {
  return digestText(`no row:${reason}`);
}

/** A digest as hex digits: in place of a key where rows have none. */
export function hexOf(digest: Digest): string {
  return Buffer.from(digest, 'latin1').toString('hex');
}

function digestText(text: string): Digest {
  return hash('sha256', text, 'binary').slice(0, DIGEST_BYTES);
}

/** The length counts UTF-16 units: what matters is that both sides count alike. */
function framed(text: string | null | undefined): string {
  if (text === null) return 'null;';
  return text === undefined ? 'absent;' : `${text.length}:${text}`;
}
