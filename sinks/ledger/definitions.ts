import type { Session } from '../postgres/connection.ts';
import { quote } from '../postgres/identifiers.ts';
import { defineTrigger } from '../postgres/triggers.ts';

/**
 * Names of the tables of the books, quoted. `own` are the product's own: which documents are to be looked at, for all books
 * of the target.
 */
export function bookTables(schema: string, own: string) {
  const at = (name: string) => `${quote(schema)}.${quote(name)}`;
  return {
    document: at('document'),
    voucher: at('voucher'),
    entry: at('voucher_entry'),
    release: at('budget_release'),
    live: at('live_voucher'),
    number: at('voucher_number'),
    pending: `${quote(own)}.${quote('pending_document')}`,
    function: at,
    ledger: schema,
  };
}

export type BookTables = ReturnType<typeof bookTables>;

/**
 * What the database itself refuses, whatever the program believes: a voucher that is changed or removed, one that is not
 * balanced, a second one of the same document, revision and kind, and a second one that stands.
 */
export async function defineBooks(session: Session, tables: BookTables): Promise<void> {
  for (const statement of [...tableDefinitions(tables), ...functionDefinitions(tables)])
    await session.run(statement, [], 'create the tables of the books');
  for (const { table, trigger, when } of triggers(tables)) await defineTrigger(session, table, trigger, when);
}

function tableDefinitions({ document, voucher, entry, release, live, number, pending }: BookTables) {
  const ofDocument = 'document_kind text NOT NULL, document_id text COLLATE "C" NOT NULL';
  return [
    `CREATE TABLE IF NOT EXISTS ${pending} (
       ledger text NOT NULL, ${ofDocument}, version text COLLATE "C" NOT NULL,
       since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (ledger, document_kind, document_id))`,
    `CREATE TABLE IF NOT EXISTS ${document} (
       ${ofDocument}, document_no text, state text NOT NULL
         CHECK (state IN ('none', 'posted', 'reversed', 'parked', 'refused')),
       reason text, voucher_no text, revision integer NOT NULL DEFAULT 0, period text, version text COLLATE "C",
       seen_version text COLLATE "C", changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (document_kind, document_id))`,
    `CREATE INDEX IF NOT EXISTS document_waiting ON ${document} (document_kind, state) WHERE state IN ('parked', 'refused')`,
    `CREATE TABLE IF NOT EXISTS ${voucher} (
       voucher_no text PRIMARY KEY, ${ofDocument}, revision integer NOT NULL CHECK (revision > 0),
       kind text NOT NULL CHECK (kind IN ('posting', 'reversal')), period text NOT NULL, voucher_date date NOT NULL,
       currency text NOT NULL, minor_units smallint NOT NULL, base_currency text NOT NULL,
       base_minor_units smallint NOT NULL, rate numeric NOT NULL CHECK (rate > 0), description text NOT NULL,
       content text NOT NULL, codes jsonb NOT NULL, posted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
       reverses text REFERENCES ${voucher}, UNIQUE (document_kind, document_id, revision, kind))`,
    // What was posted or decided lately is looked at again and again.
    `CREATE INDEX IF NOT EXISTS voucher_posted_at ON ${voucher} (posted_at)`,
    `CREATE INDEX IF NOT EXISTS document_changed_at ON ${document} (changed_at)`,
    `CREATE TABLE IF NOT EXISTS ${entry} (
       voucher_no text NOT NULL REFERENCES ${voucher}, line_no integer NOT NULL CHECK (line_no > 0),
       side text NOT NULL CHECK (side IN ('debit', 'credit')), account text NOT NULL, cost_center text, party text,
       summary text NOT NULL, amount numeric NOT NULL, base_amount numeric NOT NULL, PRIMARY KEY (voucher_no, line_no))`,
    `CREATE TABLE IF NOT EXISTS ${release} (
       voucher_no text NOT NULL REFERENCES ${voucher}, line_no integer NOT NULL, year integer NOT NULL,
       cost_center text NOT NULL, category text NOT NULL, base_amount numeric NOT NULL, PRIMARY KEY (voucher_no, line_no))`,
    `CREATE TABLE IF NOT EXISTS ${live} (
       ${ofDocument}, revision integer NOT NULL, voucher_no text NOT NULL UNIQUE REFERENCES ${voucher},
       PRIMARY KEY (document_kind, document_id))`,
    `CREATE TABLE IF NOT EXISTS ${number} (period text PRIMARY KEY, last bigint NOT NULL)`,
  ];
}

function functionDefinitions({ voucher, entry, live, function: named }: BookTables) {
  return [
    `CREATE OR REPLACE FUNCTION ${named('refuse_change')}() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       RAISE EXCEPTION 'what is posted is not changed: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation';
     END $$`,
    `CREATE OR REPLACE FUNCTION ${named('assert_balanced')}() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
       entries bigint; off numeric; base_off numeric;
     BEGIN
       SELECT count(*), sum(CASE side WHEN 'debit' THEN amount ELSE -amount END),
              sum(CASE side WHEN 'debit' THEN base_amount ELSE -base_amount END)
         INTO entries, off, base_off FROM ${entry} WHERE voucher_no = NEW.voucher_no;
       IF entries < 2 OR off <> 0 OR base_off <> 0 THEN
         RAISE EXCEPTION 'voucher % is not balanced', NEW.voucher_no USING ERRCODE = 'check_violation';
       END IF;
       RETURN NULL;
     END $$`,
    `CREATE OR REPLACE FUNCTION ${named('name_reversed')}() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       SELECT voucher_no INTO NEW.reverses FROM ${voucher} WHERE document_kind = NEW.document_kind
         AND document_id = NEW.document_id AND revision = NEW.revision AND kind = 'posting';
       RETURN NEW;
     END $$`,
    `CREATE OR REPLACE FUNCTION ${named('keep_one_live')}() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NEW.kind = 'posting' THEN
         INSERT INTO ${live} VALUES (NEW.document_kind, NEW.document_id, NEW.revision, NEW.voucher_no);
       ELSE
         DELETE FROM ${live} WHERE document_kind = NEW.document_kind AND document_id = NEW.document_id
           AND revision = NEW.revision;
         IF NOT FOUND THEN
           RAISE EXCEPTION 'voucher % reverses one that does not stand', NEW.voucher_no
             USING ERRCODE = 'check_violation';
         END IF;
       END IF;
       RETURN NULL;
     END $$`,
  ];
}

interface TriggerDefinition {
  readonly table: string;
  readonly trigger: string;
  /** What follows the name. */
  readonly when: string;
}

function triggers({ voucher, entry, release, function: named }: BookTables): readonly TriggerDefinition[] {
  const unchangeable = [voucher, entry, release].flatMap((table) => [
    {
      ...{ table, trigger: 'posted_rows' },
      when: `BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${named('refuse_change')}()`,
    },
    {
      ...{ table, trigger: 'posted_table' },
      when: `BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${named('refuse_change')}()`,
    },
  ]);
  const balanced = [voucher, entry].map((table) => ({
    ...{ table, trigger: 'balanced' },
    // Entries come one by one: judged at the commit.
    when: `AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${named('assert_balanced')}()`,
  }));
  const oneLive = {
    ...{ table: voucher, trigger: 'one_live' },
    when: `AFTER INSERT ON ${voucher} FOR EACH ROW EXECUTE FUNCTION ${named('keep_one_live')}()`,
  };
  const nameReversed = {
    ...{ table: voucher, trigger: 'name_reversed' },
    when: `BEFORE INSERT ON ${voucher} FOR EACH ROW WHEN (NEW.kind = 'reversal') EXECUTE FUNCTION ${named('name_reversed')}()`,
  };
  return [...unchangeable, ...balanced, nameReversed, oneLive];
}
