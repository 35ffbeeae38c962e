import { parseArgs } from 'node:util';

export interface Wanted {
  readonly rows: number;
  /** Faults of each kind. */
  readonly each: number;
  /** Changes a second that the live writer makes. */
  readonly rate: number;
  /** Minutes. */
  readonly soak: number;
}

export const USAGE = `npm run measure:faults -- [options]

Ledger entries that are mirrored from MariaDB into PostgreSQL, while a writer changes them all the time. Faults of twelve kinds
are put in behind the product's back: does \`counterfoil check\` find all of them, and nothing else, and after how long? Then
rows and journal are tampered with: does \`counterfoil audit verify\` name it? What was measured goes to
.counterfoil/measured; the exit code is 0 when all was found, and nothing that was not there.

  --rows <n>        of the table; 1000000 unless given
  --each <n>        faults of each kind; 5 unless given
  --rate <n>        changes a second of the writer; 300 unless given
  --soak <minutes>  checks one after the other for so long, with no fault; 0 unless given
  --help

COUNTERFOIL_TEST_STACK may name a file with the addresses of a stack; otherwise one is started.`;

/** Null when help is asked for. Throws with what is wrong. */
export function wantedOf(args: readonly string[]): Wanted | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '1000000' },
      each: { type: 'string', default: '5' },
      rate: { type: 'string', default: '300' },
      soak: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const numberOf = (name: 'rows' | 'each' | 'rate' | 'soak', least: number): number => {
    const value = Number(values[name]);
    if (Number.isFinite(value) && value >= least) return value;
    throw new RangeError(`--${name} must be a number from ${least.toString()}, not ${values[name]}`);
  };
  const each = numberOf('each', 1);
  return { rows: numberOf('rows', each * 1_000), each, rate: numberOf('rate', 1), soak: numberOf('soak', 0) };
}
