import type { PlainValue } from '../integration/types/made-tables.ts';
import type { System } from '../integration/types/mirrors.ts';
import { holderOf, kindOf } from './type-kinds.ts';
import type { Holder, Kind } from './type-kinds.ts';
import { meaningOf } from './type-meaning.ts';

/** A column of a server. */
export interface Column {
  readonly system: System;
  /** As its catalogue shows it. */
  readonly type: string;
}

/** How a value that is right is held: in a type for its kind, or only in its text. */
export type Form = 'own' | 'text' | 'bytes';

/** What became of a value. */
export type Verdict =
  | { readonly is: 'right'; readonly form: Form }
  | { readonly is: 'wrong'; readonly shown: PlainValue }
  /** The row is not there. */
  | { readonly is: 'missing' }
  /** The row is there, and the column is not. */
  | { readonly is: 'no column' };

/** Compares what two servers show by what it means; the same for every sink. */
export function judge(source: Column, wanted: PlainValue, target: Column, shown: PlainValue): Verdict {
  const kind = kindOf(source.system, source.type);
  const holder = holderOf(target.system, target.type);
  return isSame(kind, wanted, holder, shown)
    ? { is: 'right', form: formOf(kind, holder) }
    : { is: 'wrong', shown: shown === null ? null : readable(kind, holder, shown) };
}

function isSame(kind: Kind, wanted: PlainValue, holder: Holder, shown: PlainValue): boolean {
  if (wanted === null || shown === null) return wanted === shown;
  const meaning = meaningOf(kind, wanted);
  if (kind === 'bytes' && holder === 'text') return spellings(meaning).has(shown);
  return meaning === meaningOf(kind, readable(kind, holder, shown));
}

/** Bytes of what is no bytes are its text. */
function readable(kind: Kind, holder: Holder, shown: string): string {
  if (holder !== 'bytes' || kind === 'bytes' || kind === 'shape') return shown;
  return Buffer.from(shown.replace(/^\\x/, ''), 'hex').toString('utf8');
}

/** The texts that bytes may be held in. */
function spellings(hex: string): ReadonlySet<string> {
  const bytes = Buffer.from(hex, 'hex');
  return new Set([hex, hex.toUpperCase(), `\\x${hex}`, bytes.toString('base64'), bytes.toString('utf8')]);
}

function formOf(kind: Kind, holder: Holder): Form {
  const wanted = kind === 'padded text' ? 'text' : kind;
  if (holder === wanted || holder === 'own' || holder === 'shape') return 'own';
  return holder === 'bytes' ? 'bytes' : 'text';
}
