import { calendarDate, laterOf } from '../../schemas/dictionary/calendar-date.ts';
import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import type { Dictionary } from '../../schemas/dictionary/dictionary.ts';
import { instantOf, offsetMinutes } from '../../schemas/dsl/wall-clock.ts';
import { defineDocument } from '../../schemas/posting/declaration.ts';
import type { DocumentDeclaration, Identity, Outline, TextRow } from '../../schemas/posting/declaration.ts';
import type { ExpenseClaim } from '../../schemas/posting/document.ts';
import type { Parked, Refused } from '../../schemas/posting/outcome.ts';
import { readTotal } from '../../schemas/posting/read-total.ts';
import { required, requiredDay } from '../../schemas/posting/text-row.ts';
import { amountText, linesOf } from './lines.ts';
import type { Place, Settings } from './settings.ts';
import { Unreadable } from './value.ts';
import { isoOf, VARIABLE_COLUMNS } from './variable.ts';
import { textAt, Variables } from './variables.ts';
import type { Rows } from './variables.ts';

/** Expense claims out of the history of a process engine: an instance is a claim, its variables are what it says. */
export function claimOf(settings: Settings): DocumentDeclaration {
  const { database, engine, tenants } = settings;
  const table = (name: string) => ({ namespace: database, name });
  return defineDocument<'variables' | 'bytes'>({
    kind: 'expense-claim',
    about: 'An expense claim 费用报销单 that went through a process engine.',
    header: {
      id: table('ACT_HI_PROCINST'),
      document: 'PROC_INST_ID_',
      columns: [
        ...['PROC_DEF_ID_', 'BUSINESS_KEY_', 'START_TIME_', 'END_TIME_', 'END_ACT_ID_'],
        ...['DELETE_REASON_', 'START_USER_ID_', 'TENANT_ID_'],
      ],
      only: tenants === undefined ? {} : { TENANT_ID_: tenants },
    },
    parts: {
      variables: {
        id: table('ACT_HI_VARINST'),
        document: 'PROC_INST_ID_',
        columns: VARIABLE_COLUMNS,
        // Camunda keeps the rows of variables that were removed.
        only: engine === 'camunda' ? { STATE_: ['CREATED'] } : {},
      },
      bytes: {
        id: table('ACT_GE_BYTEARRAY'),
        document: { column: 'ID_', of: 'variables', its: 'BYTEARRAY_ID_' },
        columns: ['ID_', 'BYTES_'],
      },
    },
    outline: (rows) => outlineOf(rows, settings),
    read: (identity, rows, dictionary) => {
      try {
        return readClaim(identity, rows, dictionary, settings);
      } catch (error) {
        if (error instanceof Unreadable)
          return { kind: 'refused', reason: 'illegible', line: null, what: error.message };
        throw error;
      }
    },
  });
}

type Status = 'submitted' | 'approved' | 'rejected' | 'withdrawn';

/**
 * Null for instances of other processes. And for one that has ended without the variable that would say whether it was
 * approved: its history is being purged, and says no more what the books hold.
 */
function outlineOf(rows: Rows, settings: Settings): Outline | null {
  const { header } = rows;
  const [key = ''] = required(header, 'PROC_DEF_ID_').split(':');
  if (!settings.processes.includes(key)) return null;
  const variables = new Variables(rows);
  const status = statusOf(header, variables, settings);
  if (status === null) return null;
  const number = readable(() => textAt(settings.number, header, variables.value));
  return {
    ...{ status, number: number ?? required(header, 'PROC_INST_ID_'), flagged: false },
    changedOn: changedOn(rows, settings),
  };
}

function statusOf(header: TextRow, variables: Variables, { approved }: Settings): Status | null {
  const endedAt = header['END_ACT_ID_'] ?? null;
  const endsThere = approved.endsAt?.includes(endedAt ?? '') ?? true;
  // An end event that terminates the instance leaves a reason as well.
  const reached = approved.endsAt !== undefined && endsThere;
  if ((header['DELETE_REASON_'] ?? null) !== null && !reached) return 'withdrawn';
  const ended = (header['END_TIME_'] ?? null) !== null;
  if (!ended && (approved.when === 'ended' || approved.endsAt !== undefined)) return 'submitted';
  const decision = decisionOf(variables, approved);
  if (decision === 'none') return ended ? null : 'submitted';
  if (decision === 'approved' && endsThere) return 'approved';
  return ended ? 'rejected' : 'submitted';
}

/** What cannot be read is as good as approved: whoever then reads the claim says what is wrong. */
function decisionOf(
  variables: Variables,
  { variable, is }: Settings['approved'],
): 'none' | 'approved' | 'other' {
  if (variable === undefined) return 'approved';
  const said = readable(() => ({ value: variables.value(variable) }));
  if (said === null) return 'approved';
  if (said.value === null) return 'none';
  const text = typeof said.value === 'boolean' ? String(said.value) : said.value;
  return typeof text === 'string' && is.includes(text) ? 'approved' : 'other';
}

/** Null for what cannot be read. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** The newest day that the rows tell of. */
function changedOn({ header, parts: { variables } }: Rows, { zone }: Settings): CalendarDate {
  const times = [header['END_TIME_'], ...variables.map((row) => row['CREATE_TIME_'])];
  return times.reduce<CalendarDate>(
    (newest, time) => ((time ?? null) === null ? newest : laterOf(newest, dayOf(time ?? '', zone))),
    dayOf(required(header, 'START_TIME_'), zone),
  );
}

/** Throws {@link Unreadable}. */
function readClaim(
  identity: Identity,
  rows: Rows,
  dictionary: Dictionary,
  settings: Settings,
): ExpenseClaim | Parked | Refused {
  const { header } = rows;
  const variables = new Variables(rows);
  const { approved } = settings;
  if (approved.variable !== undefined) variables.value(approved.variable);
  const accountingDate = approvedOn(header, variables, settings);
  const said = (place: Place) => textAt(place, header, variables.value);
  const row = { currency: said(settings.currency), total: amountText(said(settings.total)) };
  const read = readTotal(row, 'total', accountingDate, dictionary);
  if (read.kind !== 'total') return read;
  const { total, currency } = read;
  const taxed = linesOf(settings, header, variables.value, currency);
  if (taxed.kind === 'refused') return taxed;
  const { lines } = taxed;
  return {
    ...{ ...identity, kind: 'expense-claim', status: 'approved', accountingDate, lines, total },
    ...{ currency: currency.code, number: said(settings.number), party: said(settings.party) },
    ...{ department: said(settings.department), changedOn: changedOn(rows, settings) },
  };
}

/** Without a day of its own, a claim is approved on the day on which its instance ended or its decision was made. */
function approvedOn(header: TextRow, variables: Variables, { approved, zone }: Settings): CalendarDate {
  if (approved.on !== undefined) return dayIn(textAt(approved.on, header, variables.value), approved.on);
  const decision = approved.variable === undefined ? null : variables.row(approved.variable);
  const time = header['END_TIME_'] ?? decision?.['CREATE_TIME_'] ?? null;
  if (time === null) throw new Unreadable('there is no day of approval');
  return dayOf(time, zone);
}

/** The day in China at which a clock of the engine shows this. */
function dayOf(wallClock: string, zone: string): CalendarDate {
  return requiredDay({ at: instantOf(wallClock, offsetMinutes(zone)) }, 'at');
}

/** The day in China of a variable's value: a day, a wall clock or an instant. */
function dayIn(text: string, name: string): CalendarDate {
  const instant = text.endsWith('Z') ? isoOf(Date.parse(text)) : null;
  const day = instant === null ? calendarDate(text.slice(0, 10)) : requiredDay({ at: instant }, 'at');
  if (day === null) throw new Unreadable(`the variable ${name} is no day`);
  return day;
}
