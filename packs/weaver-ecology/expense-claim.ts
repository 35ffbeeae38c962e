import { calendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { inForce, lookup } from '../../schemas/dictionary/dictionary.ts';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import { defineDocument } from '../../schemas/posting/declaration.ts';
import type { DocumentDeclaration, TextRow } from '../../schemas/posting/declaration.ts';
import type { TaxedLine } from '../../schemas/posting/document.ts';
import { minorOf } from '../../schemas/posting/money.ts';
import type { Denomination, Minor } from '../../schemas/posting/money.ts';
import { parked } from '../../schemas/posting/outcome.ts';
import type { Parked, Refused } from '../../schemas/posting/outcome.ts';
import { taxCodeOf } from '../../schemas/posting/tax-code.ts';
import { writtenAmount, writtenRate } from '../../schemas/posting/written-number.ts';
import type { Settings } from './settings.ts';

/** `currentnodetype` of a request: where it is in its workflow. */
const STATUSES: Readonly<Record<string, string>> = {
  '0': 'draft',
  '1': 'submitted',
  '2': 'submitted',
  '3': 'approved',
};

/** An expense claim: a form of a workflow with its lines. It is approved once its request is archived (归档). */
export function expenseClaim(settings: Settings): DocumentDeclaration {
  const { database, fields, lines: named } = settings;
  const form = `formtable_main_${settings.form.toString()}`;
  const table = (name: string, columns: readonly (string | undefined)[]) => ({
    id: { namespace: database, name },
    columns: columns.filter((column) => column !== undefined),
  });

  return defineDocument({
    kind: 'expense-claim',
    about: 'An expense claim 费用报销流程 of e-cology with its lines.',
    header: {
      ...table(form, Object.values(fields)),
      document: 'requestid',
    },
    parts: {
      request: {
        ...table('workflow_requestbase', [
          ...['requestmark', 'currentnodetype', 'deleted', 'createdate'],
          'lastoperatedate',
        ]),
        document: { column: 'requestid', of: 'header', its: 'requestid' },
        only: { workflowid: settings.workflows.map(String) },
      },
      lines: {
        ...table(`${form}_dt${settings.detail.toString()}`, ['id', ...Object.values(named)]),
        document: { column: 'mainid', of: 'header', its: 'id' },
      },
    },
    references: {
      applicant: {
        ...table('hrmresource', [settings.staffNumber]),
        document: { column: 'id', of: 'header', its: fields.applicant },
      },
      department: {
        ...table('hrmdepartment', [settings.departmentCode]),
        document: { column: 'id', of: 'header', its: fields.department },
      },
      expenseTypes: {
        ...table('workflow_selectitem', ['selectvalue', 'selectname']),
        document: { column: 'selectvalue', of: 'lines', its: named.expenseType },
        only: { fieldid: [settings.expenseTypeField.toString()] },
      },
    },

    outline({
      parts: {
        request: [request],
      },
    }) {
      const changedOn = request === undefined ? null : changedDay(request);
      if (request === undefined || changedOn === null) return null;
      return {
        status: statusOf(request),
        number: request['requestmark'] ?? '',
        flagged: request['deleted'] === '1',
        changedOn,
      };
    },

    read(
      identity,
      {
        header,
        parts: {
          request: [request],
          lines,
        },
        references,
      },
      dictionary,
    ) {
      const day = request === undefined ? null : changedDay(request);
      if (request === undefined || day === null) return refused('no-accounting-date');
      const party = codeIn(references.applicant, settings.staffNumber);
      if (party === null) return unknown('hrmresource', header[fields.applicant]);
      const department = codeIn(references.department, settings.departmentCode);
      if (department === null) return unknown('hrmdepartment', header[fields.department]);
      const code =
        fields.currency === undefined ? settings.currency : (header[fields.currency] ?? settings.currency);
      const currency = lookup(dictionary, 'currency', code, day);
      if (currency.kind === 'not-mapped') return parked(currency);
      const denomination = { code, minorUnits: currency.value.minor_units };
      const total = amountIn(header, fields.total, denomination, null);
      if (typeof total === 'object') return total;

      const names = new Map(references.expenseTypes.map((row) => [row['selectvalue'], row['selectname']]));
      const inOrder = [...lines].sort((a, b) => Number(a['id']) - Number(b['id']));
      const taxed: TaxedLine[] = [];
      for (const row of inOrder) {
        const line = readLine(row, taxed.length + 1, { settings, names, denomination, day, dictionary });
        if ('kind' in line) return line;
        taxed.push(line);
      }
      return {
        ...{ ...identity, kind: 'expense-claim', changedOn: day, accountingDate: day },
        ...{ number: request['requestmark'] ?? '', status: statusOf(request), currency: code, total },
        ...{ party, department, lines: taxed },
      };
    },
  });
}

function statusOf(request: TextRow): string {
  const type = (request['currentnodetype'] ?? '').trim();
  return STATUSES[type] ?? type;
}

/** The days of e-cology are those in China, as text. */
function changedDay(request: TextRow): CalendarDate | null {
  const [last, created] = [request['lastoperatedate'] ?? '', request['createdate'] ?? ''];
  return calendarDate(last.trim()) ?? calendarDate(created.trim());
}

function codeIn([row]: readonly TextRow[], column: string): string | null {
  const code = (row?.[column] ?? '').trim();
  return code === '' ? null : code;
}

interface LineContext {
  readonly settings: Settings;
  /** What the choices of the field of expense types are called. */
  readonly names: ReadonlyMap<string | null | undefined, string | null | undefined>;
  readonly denomination: Denomination;
  readonly day: CalendarDate;
  readonly dictionary: Dictionary;
}

/** Saving writes all lines anew under other ids: their numbers are their places. */
function readLine(
  row: TextRow,
  lineNo: number,
  { settings: { lines }, names, denomination, day, dictionary }: LineContext,
): TaxedLine | Parked | Refused {
  const name = names.get(row[lines.expenseType]);
  if (name === undefined || name === null) return unknown('workflow_selectitem', row[lines.expenseType]);
  const type = inForce(dictionary, 'expense-type', day).find(({ value }) => value.zh === name.trim());
  if (type === undefined)
    return { kind: 'parked', reason: 'not-mapped', list: 'expense-type', code: `named ${name}`, date: day };
  const amount = amountIn(row, lines.amount, denomination, lineNo);
  if (typeof amount === 'object') return amount;
  const tax = amountIn(row, lines.tax, denomination, lineNo);
  if (typeof tax === 'object') return tax;
  const rate = writtenRate(lines.taxRate === undefined ? null : (row[lines.taxRate] ?? null));
  if (rate === null) return refused('not-an-amount', lineNo);
  const taxCode = taxCodeOf(rate, day, dictionary);
  if (typeof taxCode === 'object') return taxCode;
  return { lineNo, expenseType: type.code, amount, taxCode, tax };
}

function amountIn(
  row: TextRow,
  column: string | undefined,
  denomination: Denomination,
  line: number | null,
): Minor | Refused {
  const written = writtenAmount(column === undefined ? null : (row[column] ?? null));
  if (written === null) return refused('not-an-amount', line);
  return minorOf(written, denomination) ?? refused('amount-too-fine', line);
}

function refused(reason: Refused['reason'], line: number | null = null): Refused {
  return { kind: 'refused', reason, line };
}

function unknown(table: string, key: string | null | undefined): Parked {
  return { kind: 'parked', reason: 'not-known', table, key: key ?? '(none)' };
}
