import { table } from '../comparison/markdown.ts';
import type { Latency } from './awaited.ts';
import type { Judgement } from './judge.ts';
import type { Wanted } from './options.ts';

/** How long the wait of a way is, and how long when nothing is broken. */
export interface Way {
  readonly all: Latency;
  readonly undisturbed: Latency;
}

export interface Measured {
  readonly machine: string;
  readonly versions: readonly string[];
  readonly wanted: Wanted;
  readonly minutes: number;
  readonly documentsPerSecond: number;
  readonly transactions: number;
  /** Load of the machine over one minute: in the middle of the run, and at most. */
  readonly load: { readonly median: number; readonly max: number };
  readonly memoryMb: number;
  readonly faults: readonly { readonly what: string; readonly second: number; readonly longestMs: number }[];
  readonly approvalToVoucher: Way;
  readonly paymentToOa: Way;
  readonly vouchers: {
    readonly vouchers: number;
    readonly unbalanced: number;
    readonly doubled: number;
    readonly periodsWithGaps: number;
  };
  /** Of documents that could not be posted at once, for a code of theirs was missing. */
  readonly parked: number;
  readonly books: Judgement;
  readonly afterTheCode: Judgement & { readonly seconds: number };
  readonly check: string;
}

/** Whether nothing is left that the books cannot explain. */
export function isSound({ vouchers, books, afterTheCode, check }: Measured): boolean {
  return (
    vouchers.unbalanced + vouchers.doubled + vouchers.periodsWithGaps === 0 &&
    books.unexplained.length + afterTheCode.unexplained.length === 0 &&
    check === 'match'
  );
}

export function pageOf(measured: Measured): string {
  const { wanted, books, vouchers, afterTheCode, faults, load } = measured;
  const share = (part: number, all: number) => `${((100 * part) / Math.max(all, 1)).toFixed(2)} %`;
  const ways: readonly (readonly [string, Latency])[] = [
    ['approval → voucher', measured.approvalToVoucher.all],
    ['approval → voucher, apart from start and faults', measured.approvalToVoucher.undisturbed],
    ['payment → OA', measured.paymentToOa.all],
    ['payment → OA, apart from start and faults', measured.paymentToOa.undisturbed],
  ];
  const facts: readonly (readonly [string, string])[] = [
    ['machine', measured.machine],
    ['versions', measured.versions.join(', ')],
    [
      'transactions of the office',
      `${measured.transactions.toString()}, ${wanted.rate.toString()} per second wanted`,
    ],
    ['documents per second', measured.documentsPerSecond.toFixed(1)],
    ['minutes', measured.minutes.toFixed(1)],
    ['load of the machine', `${load.median.toFixed(1)} (median), ${load.max.toFixed(1)} (most)`],
    ['memory of the product at most', `${measured.memoryMb.toString()} MB`],
    ['documents due at the end', books.due.toString()],
    ['of these posted', `${books.posted.toString()} (${share(books.posted, books.due)})`],
    [
      'posted without a hand, of those of the OA that were due when looked at',
      share(measured.approvalToVoucher.all.seen, measured.approvalToVoucher.all.seen + measured.parked),
    ],
    ['had to wait for a code', measured.parked.toString()],
    ['wait for the missing code', `${books.waitForCode.toString()} (${share(books.waitForCode, books.due)})`],
    ['unexplained', books.unexplained.length.toString()],
    ['vouchers', vouchers.vouchers.toString()],
    ['unbalanced', vouchers.unbalanced.toString()],
    ['doubled', vouchers.doubled.toString()],
    ['periods with gaps', vouchers.periodsWithGaps.toString()],
    [
      'when the code is added',
      `${afterTheCode.posted.toString()} of ${afterTheCode.due.toString()} posted, ${afterTheCode.seconds.toFixed(0)} s later`,
    ],
    ['check', measured.check],
  ];
  return [
    table(
      ['seconds', 'documents', 'p50', 'p95', 'p99', 'longest'],
      ways.map(([way, { seen, ...latency }]) => [
        way,
        seen.toString(),
        ...[latency.p50, latency.p95, latency.p99, latency.max].map(seconds),
      ]),
    ),
    table(
      ['fault', 'after', 'longest wait around it'],
      faults.map(({ what, second, longestMs }) => [
        what,
        `${second.toString()} s`,
        `${seconds(longestMs)} s`,
      ]),
    ),
    table(['', ''], facts),
    ...[...books.unexplained, ...afterTheCode.unexplained].slice(0, 20).map((line) => `- ${line}`),
  ].join('\n\n');
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}
