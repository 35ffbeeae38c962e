import { stringify } from 'yaml';
import type { StackAddresses } from '../../stack/stack-types.ts';
import { SCHEMA_COMMENT } from './json-schema.ts';
import type { ConfigInput } from './schema.ts';

/** A database user that the product works as. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/** The accounts of one database system. */
export interface SystemAccounts {
  readonly capture: Account;
  readonly sink: Account;
  readonly check: Account;
}

export interface LocalDatabases {
  /** MariaDB database and PostgreSQL database of the demo. */
  readonly oa: string;
  readonly finance: string;
  readonly mariadb: SystemAccounts;
  readonly postgres: SystemAccounts;
  /** Private key of the journal, or a reference to it. */
  readonly journalKey: string;
}

const CLAIMS = ['expense-claim', 'expense-claim-line'];
const MASTER_DATA = ['department', 'employee'];
const DOCUMENTS = [
  ...['approval', 'budget', 'budget-entry', 'contract', 'contract-payment', 'contract-payment-plan'],
  ...['purchase-request', 'purchase-request-line', 'purchase-order', 'purchase-order-line'],
];
/** What must hold in the finance of the demo, beside what holds of any books. */
const DEMO_RULES: NonNullable<NonNullable<ConfigInput['invariants']>['rules']> = [
  {
    name: 'budget-as-its-entries',
    target: 'finance',
    about: 'what is used of a budget is what documents have used of it',
    ...{ must: 'equal', by: ['budget'] },
    left: { from: 'ap.budget', by: ['budget_id'], value: 'consumed_amount', changed: 'changed_at' },
    right: {
      ...{ from: 'ap.budget_entry', by: ['budget_id'], value: 'amount' },
      ...{ where: "movement = 'consume'", changed: 'entered_at' },
    },
  },
  {
    name: 'paid-as-posted',
    target: 'finance',
    about: 'what is paid for an expense claim is what its voucher says, where one stands',
    ...{ must: 'within', by: ['claim'] },
    left: {
      from: "finance.payment p JOIN ledger.live_voucher l ON l.document_kind = 'expense-claim' AND l.document_id = p.document_id::text",
      ...{ by: ['l.document_id'], value: 'p.amount', changed: 'p.updated_at' },
      where: "p.document_kind = 'expense-claim' AND p.status = 'paid'",
    },
    right: {
      from: 'ledger.voucher_entry e JOIN ledger.live_voucher l ON l.voucher_no = e.voucher_no',
      ...{ by: ['l.document_id'], value: 'e.amount' },
      where: "e.side = 'debit' AND l.document_kind = 'expense-claim'",
    },
  },
];

const BOOKS = ['document-posting', 'payment', 'vendor', 'voucher', 'voucher-entry'];

/**
 * The configuration of the demo: OA into finance, documents into vouchers; suppliers, vouchers and payments back into OA; the
 * entities of both as topics, and documents of the OA as wholes.
 */
export function localConfig(
  stack: StackAddresses,
  { oa, finance, mariadb, postgres, journalKey }: LocalDatabases,
): ConfigInput {
  const { host: oaHost, port: oaPort } = stack.mariadb;
  const { host: financeHost, port: financePort } = stack.postgres;
  // What vouchers are made of; the mirror has all the others.
  const documentTables = ['expense_claim', 'goods_receipt', 'contract_payment'].flatMap((table) => [
    `${oa}.${table}`,
    `${oa}.${table}_line`,
  ]);
  const writtenBack = [`${oa}.finance_*`];
  const own = [`${oa}.counterfoil_heartbeat`, `${oa}.counterfoil_signal`, ...writtenBack];
  return {
    kafka: { brokers: [stack.kafka.bootstrap] },
    connect: { url: stack.connect.url, plugin: true },
    registry: { url: stack.registry.url, converterUrl: stack.registry.converterUrl },
    sources: {
      oa: {
        kind: 'mariadb',
        host: oaHost,
        port: oaPort,
        databases: [oa],
        serverId: 54_001,
        capture: mariadb.capture,
        check: mariadb.check,
        heartbeat: { table: `${oa}.counterfoil_heartbeat` },
        signals: { table: `${oa}.counterfoil_signal` },
        include: [`${oa}.*`],
        // What the product itself writes into OA must not come back as a change of OA.
        exclude: writtenBack,
      },
      finance: {
        kind: 'postgresql',
        host: financeHost,
        port: financePort,
        database: finance,
        capture: postgres.capture,
        check: postgres.check,
        heartbeat: { table: 'counterfoil.heartbeat' },
        signals: { table: 'counterfoil.signal' },
        include: ['finance.*', 'ledger.document', 'ledger.voucher', 'ledger.voucher_entry'],
      },
    },
    targets: {
      finance: {
        kind: 'postgresql',
        host: financeHost,
        port: financePort,
        database: finance,
        sink: postgres.sink,
        check: postgres.check,
      },
      oa: { kind: 'mariadb', host: oaHost, port: oaPort, sink: mariadb.sink, check: mariadb.check },
      topics: { kind: 'kafka', keeper: 'finance' },
    },
    routes: [
      {
        name: 'expense-claims',
        kind: 'entities',
        source: 'oa',
        target: 'finance',
        entities: CLAIMS,
      },
      {
        name: 'master-data',
        kind: 'entities',
        source: 'oa',
        target: 'finance',
        entities: MASTER_DATA,
      },
      {
        name: 'documents',
        kind: 'entities',
        source: 'oa',
        target: 'finance',
        entities: DOCUMENTS,
      },
      {
        name: 'oa-mirror',
        kind: 'mirror',
        source: 'oa',
        target: 'finance',
        namespace: 'oa_mirror',
        include: [`${oa}.*`],
        exclude: [...documentTables, ...own],
        // The mirror stands beside the entities; what finance need not know of people it leaves out as well.
        tables: [
          {
            match: [`${oa}.employee`],
            columns: { exclude: ['gender', 'email', 'mobile', 'extra'] },
          },
        ],
      },
      {
        name: 'oa-documents',
        kind: 'mirror',
        source: 'oa',
        target: 'finance',
        namespace: 'oa_documents',
        include: documentTables,
        // A line that is deleted stays, and says when: documents are read from what was there at one moment.
        delete: 'soft',
      },
      {
        name: 'payment-documents',
        kind: 'mirror',
        source: 'finance',
        target: 'finance',
        namespace: 'finance_documents',
        include: ['finance.payment'],
        delete: 'soft',
      },
      {
        name: 'back-to-oa',
        kind: 'entities',
        source: 'finance',
        target: 'oa',
        entities: BOOKS,
      },
      {
        name: 'canonical-oa',
        kind: 'entities',
        source: 'oa',
        target: 'topics',
        entities: [...CLAIMS, ...MASTER_DATA, ...DOCUMENTS],
      },
      {
        name: 'canonical-finance',
        kind: 'entities',
        source: 'finance',
        target: 'topics',
        entities: [...BOOKS],
      },
    ],
    journal: { signingKey: journalKey },
    postings: [
      {
        name: 'vouchers',
        route: 'oa-documents',
        documents: ['expense-claim', 'purchase-receipt', 'contract-payment'],
        periods: 'finance.period',
      },
      {
        name: 'clearing',
        route: 'payment-documents',
        documents: ['payment'],
        periods: 'finance.period',
      },
    ],
    invariants: { rules: DEMO_RULES },
    feeds: [
      {
        name: 'whole-documents',
        routes: ['expense-claims', 'documents'],
        documents: ['expense-claim', 'purchase-request', 'purchase-order', 'contract'],
        target: 'topics',
      },
    ],
  };
}

/** The file text, for people to read and to copy from; the schema it names is put beside it. */
export function renderConfig(config: ConfigInput): string {
  return `${SCHEMA_COMMENT}\n# Written for the local stack each time it starts. Copy it to ./counterfoil.yaml to make it yours.\n${stringify(config)}`;
}
