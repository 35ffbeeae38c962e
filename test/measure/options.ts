import { parseArgs } from 'node:util';

export interface Wanted {
  readonly documents: number;
  readonly rate: number;
  readonly faults: number;
  readonly everything: boolean;
}

export const USAGE = `npm run measure:posting -- [options]

Documents of the demo's office on their way into the books, and payments on their way back, on the local stack, under
faults: how long they take, and that each is in the books once or says which code it waits for. What was measured goes
to .counterfoil/measured; the exit code is 0 when every document is explained.

  --documents <n>  how many come due: approved claims and contract payments, receipts, payments; 2000 unless given
  --rate <n>       transactions of the office per second; there come about two documents due of five; 20 unless given
  --faults <n>     faults on the way, evenly spread: the product is killed (every other time), its sessions are cut,
                   the connectors are restarted; 4 unless given
  --everything     all routes and feeds of the demo run, not only those that documents and payments take
  --help`;

/** Null when help is asked for. Throws with what is wrong. */
export function wantedOf(args: readonly string[]): Wanted | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      documents: { type: 'string', default: '2000' },
      rate: { type: 'string', default: '20' },
      faults: { type: 'string', default: '4' },
      everything: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const numberOf = (name: 'documents' | 'rate' | 'faults', least: number): number => {
    const value = Number(values[name]);
    if (Number.isFinite(value) && value >= least) return value;
    throw new RangeError(`--${name} must be a number from ${least.toString()}, not ${values[name]}`);
  };
  return {
    documents: numberOf('documents', 1),
    rate: numberOf('rate', 0.1),
    faults: numberOf('faults', 0),
    everything: values.everything,
  };
}
