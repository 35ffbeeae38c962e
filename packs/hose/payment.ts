import { defineDocument } from '../../schemas/posting/declaration.ts';
import type { DocumentDeclaration, TextRow } from '../../schemas/posting/declaration.ts';
import {
  PAID,
  amountOf,
  apiDocument,
  changedDay,
  chinaDay,
  codeOf,
  denominationOf,
  refused,
} from './api-document.ts';
import type { ApiDocument } from './api-document.ts';
import { documentTable, staffTable } from './settings.ts';
import type { Settings } from './settings.ts';

/** What Hose has paid of a claim. A claim that is set off against a loan is not paid. */
export function payment(settings: Settings): DocumentDeclaration {
  return defineDocument({
    kind: 'payment',
    about: 'The payment of an expense claim by Hose: it clears what was owed.',
    header: documentTable(settings),
    references: { staff: staffTable(settings) },

    outline({ header }) {
      const read = apiDocument(header);
      const changedOn = changedDay(header, read);
      if (changedOn === null) return null;
      const number = read?.form.code ?? '';
      return { status: statusOf(header, read), number, flagged: header['state'] === 'deleted', changedOn };
    },

    read(identity, { header, references: { staff } }, dictionary) {
      const read = apiDocument(header);
      const changedOn = changedDay(header, read);
      const paid = read?.form.payMoney;
      if (read === null || changedOn === null || paid === null || paid === undefined)
        return refused('not-as-agreed');
      const accountingDate = chinaDay(read.form.payDate) ?? changedOn;
      const party = codeOf(staff, 'hose_staff', header['submitter_id']);
      if (typeof party === 'object') return party;
      const denomination = denominationOf(paid, accountingDate, dictionary);
      if (denomination.kind === 'parked') return denomination;
      const total = amountOf(paid, denomination, null);
      if (typeof total === 'object') return total;
      return {
        ...{ ...identity, kind: 'payment', changedOn, accountingDate, total, party },
        ...{ number: read.form.code, status: statusOf(header, read), currency: denomination.code },
        ...{ method: settings.paymentMethod, settles: 'expense-claim' },
      };
    },
  });
}

function statusOf({ state }: TextRow, read: ApiDocument | null): string {
  const nothing = Number(read?.form.payMoney?.standard ?? 0) === 0;
  return PAID.includes(state ?? '') && !nothing ? 'paid' : 'pending';
}
