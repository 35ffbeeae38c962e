import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { CostLine, Document, TaxedLine } from '../../schemas/posting/document.ts';
import { sumOf } from '../../schemas/posting/money.ts';
import type { RefusalReason, Refused } from '../../schemas/posting/outcome.ts';

/** Null when the document agrees with itself. A document that was put together by halves does not. */
export function contradictionIn(document: Document): Refused | null {
  if (document.total <= 0n) return refused('total-not-positive');
  switch (document.kind) {
    case 'payment':
      return null;
    case 'expense-claim':
    case 'contract-payment':
      return contradictionInLines(document) ?? contradictionInTaxes(document.lines);
    case 'purchase-receipt':
      return contradictionInLines(document);
    default:
      return unreachable(document);
  }
}

export function refused(reason: RefusalReason, line: number | null = null): Refused {
  return { kind: 'refused', reason, line };
}

function contradictionInLines({
  total,
  lines,
}: Document & { readonly lines: readonly CostLine[] }): Refused | null {
  const seen = new Set<number>();
  for (const { lineNo, amount } of lines) {
    if (seen.has(lineNo)) return refused('line-twice', lineNo);
    seen.add(lineNo);
    if (amount < 0n) return refused('line-negative', lineNo);
  }
  return sumOf(lines.map(({ amount }) => amount)) === total ? null : refused('total-differs-from-lines');
}

function contradictionInTaxes(lines: readonly TaxedLine[]): Refused | null {
  const wrong = lines.find(({ amount, tax }) => tax < 0n || tax > amount);
  return wrong === undefined ? null : refused('tax-out-of-range', wrong.lineNo);
}
