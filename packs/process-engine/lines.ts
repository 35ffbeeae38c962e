import { withoutExponent } from '../../schemas/dsl/decimal-text.ts';
import type { TextRow } from '../../schemas/posting/declaration.ts';
import type { TaxedLine } from '../../schemas/posting/document.ts';
import { minorOf } from '../../schemas/posting/money.ts';
import type { Denomination } from '../../schemas/posting/money.ts';
import type { Refused } from '../../schemas/posting/outcome.ts';
import type { Place, Settings } from './settings.ts';
import { Unreadable } from './value.ts';
import type { Value } from './value.ts';
import { textAt } from './variables.ts';
import type { Named } from './variables.ts';

/** The lines of a claim, in order, or the first one with an amount that is too fine. Throws {@link Unreadable}. */
export function linesOf(
  { lines, total }: Settings,
  header: TextRow,
  variables: Named,
  currency: Denomination,
): { readonly kind: 'lines'; readonly lines: readonly TaxedLine[] } | Refused {
  const amount = lines.from === 'total' ? total : lines.amount;
  const read: TaxedLine[] = [];
  for (const named of namesOf(lines, variables)) {
    const lineNo = read.length + 1;
    const said = (place: Place) => textAt(place, header, named);
    const [gross, tax] = [amount, lines.tax].map((place) => minorOf(amountText(said(place)), currency));
    if (gross == null || tax == null) return { kind: 'refused', reason: 'amount-too-fine', line: lineNo };
    const [expenseType, taxCode] = [said(lines.expenseType), said(lines.taxCode)];
    read.push({ lineNo, amount: gross, tax, expenseType, taxCode });
  }
  return { kind: 'lines', lines: read };
}

/** For each line, what finds the values of the names that are said in the settings. */
function namesOf(lines: Settings['lines'], variables: Named): readonly Named[] {
  switch (lines.from) {
    case 'total':
      return [variables];
    case 'list':
      return itemsOf(variables(lines.list), lines.list).map((item) => (name) => item.get(name) ?? null);
    case 'numbered': {
      const numbered: Named[] = [];
      for (;;) {
        const number = (numbered.length + 1).toString();
        const named: Named = (name) => variables(name.replace('{n}', number));
        if (named(lines.amount) === null) return numbered;
        numbered.push(named);
      }
    }
  }
}

function itemsOf(value: Value, name: string): readonly ReadonlyMap<string, Value>[] {
  if (!Array.isArray(value)) throw new Unreadable(`the variable ${name} is no list`);
  return value.map((item: Value) => {
    if (!(item instanceof Map)) throw new Unreadable(`the variable ${name} has a line that is no map`);
    return item as ReadonlyMap<string, Value>;
  });
}

/** A decimal without an exponent. Throws {@link Unreadable}. */
export function amountText(text: string): string {
  const amount = withoutExponent(text);
  if (amount === null) throw new Unreadable('an amount is no number');
  return amount;
}
