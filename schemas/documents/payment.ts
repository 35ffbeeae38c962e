import { lookup } from '../dictionary/dictionary.ts';
import type { DocumentDeclaration } from '../posting/declaration.ts';
import { minorOf } from '../posting/money.ts';
import { dayInChina, required, requiredDay } from '../posting/text-row.ts';

export const payment: DocumentDeclaration = {
  kind: 'payment',
  about: 'A payment 付款单 of an expense claim, as finance makes it: it clears what was owed.',
  header: {
    id: { namespace: 'finance', name: 'payment' },
    document: 'id',
    columns: [
      ...['payment_no', 'payee_no', 'amount', 'currency', 'method', 'status'],
      ...['paid_at', 'updated_at'],
    ],
  },
  lines: null,

  outline: (header) => ({
    status: required(header, 'status'),
    number: required(header, 'payment_no'),
    flagged: false,
    changedOn: requiredDay(header, 'updated_at'),
  }),

  read(identity, header, _lines, dictionary) {
    const changedOn = requiredDay(header, 'updated_at');
    const accountingDate = dayInChina(header, 'paid_at');
    const code = required(header, 'currency');
    const currency = lookup(dictionary, 'currency', code, accountingDate ?? changedOn);
    if (currency.kind === 'not-mapped') return { ...currency, kind: 'parked', reason: 'not-mapped' };
    const total = minorOf(required(header, 'amount'), { code, minorUnits: currency.value.minor_units });
    if (total === null) return { kind: 'refused', reason: 'amount-too-fine', line: null };
    return {
      ...{ ...identity, kind: 'payment', changedOn, accountingDate, total },
      ...{ number: required(header, 'payment_no'), status: required(header, 'status'), currency: code },
      ...{
        party: required(header, 'payee_no'),
        method: required(header, 'method'),
        settles: 'expense-claim',
      },
    };
  },
};
