/** What may stand in a column of a code list. Finance people write text; the column says what it must be. */
export type Column = (
  | { readonly kind: 'text' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'flag' }
  | { readonly kind: 'count'; readonly most: number }
  | { readonly kind: 'decimal'; readonly least: 'zero' | 'more' }
  /** A code of another list. `leaf`: an account that is no heading of others. */
  | { readonly kind: 'code'; readonly list: string; readonly leaf: boolean }
) & { readonly optional?: true };

/** The value of a column: decimals stay text, for they are exact. */
export type ValueOf<C extends Column> =
  | (C extends { of: readonly (infer Choice)[] }
      ? Choice
      : C extends { kind: 'flag' }
        ? boolean
        : C extends { kind: 'count' }
          ? number
          : string)
  | (C extends { optional: true } ? null : never);

export type ColumnValue = string | number | boolean | null;

export const text = () => ({ kind: 'text' }) as const;
export const flag = () => ({ kind: 'flag' }) as const;
export const count = (most: number) => ({ kind: 'count', most }) as const;
/** A number of 0 or more with an exact fraction. */
export const share = () => ({ kind: 'decimal', least: 'zero' }) as const;
/** The same, and not 0. */
export const rate = () => ({ kind: 'decimal', least: 'more' }) as const;
export const choice = <const T extends string>(...of: readonly T[]) => ({ kind: 'choice', of }) as const;
export const code = (list: string) => ({ kind: 'code', list, leaf: false }) as const;
export const postable = () => ({ kind: 'code', list: 'account', leaf: true }) as const;
export const optional = <const C extends Column>(column: C) => ({ ...column, optional: true }) as const;

/** The value that is written; or what it should be. */
export function readColumn(
  column: Column,
  written: string,
): { readonly value: ColumnValue } | { readonly wrong: string } {
  switch (column.kind) {
    case 'text':
      return { value: written };
    case 'code':
      return { value: written };
    case 'choice':
      return column.of.includes(written)
        ? { value: written }
        : { wrong: `must be one of ${column.of.join(', ')}` };
    case 'flag':
      return written === 'yes' || written === 'no'
        ? { value: written === 'yes' }
        : { wrong: 'must be yes or no' };
    case 'count':
      return /^\d{1,9}$/.test(written) && Number(written) <= column.most
        ? { value: Number(written) }
        : { wrong: `must be a whole number from 0 to ${column.most}` };
    case 'decimal':
      return readDecimal(column.least, written);
  }
}

function readDecimal(least: 'zero' | 'more', written: string): { value: string } | { wrong: string } {
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(written)) return { wrong: 'must be a number such as 7.185' };
  if (least === 'more' && !/[1-9]/.test(written)) return { wrong: 'must be more than 0' };
  return { value: written };
}
