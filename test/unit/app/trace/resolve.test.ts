import { parseConfig } from '../../../../app/config/load.ts';
import { loadCatalogue } from '../../../../app/packs/catalogue.ts';
import { routesOf } from '../../../../app/runtime/routes.ts';
import { databaseName, lineageOf, readersOf, writersOf } from '../../../../app/trace/lineage.ts';
import type { Lineage, TracedTable } from '../../../../app/trace/lineage.ts';
import { keyGiven, tablesNamed } from '../../../../app/trace/resolve.ts';
import { tableLabel } from '../../../../schemas/contract/table.ts';
import type { TableShape } from '../../../../schemas/contract/table.ts';
import { tableIdOf } from '../../../../schemas/contract/table-pattern.ts';

const LOGIN = '{ user: a, password: b }';
const CONFIG = `
kafka: { brokers: ['127.0.0.1:9092'] }
connect: { url: 'http://127.0.0.1:8083' }
registry: { url: 'http://127.0.0.1:8081', converterUrl: 'http://127.0.0.1:8081' }
sources:
  oa: { kind: mariadb, port: 3306, databases: [oa], serverId: 1, include: ['oa.*'], capture: ${LOGIN}, check: ${LOGIN}, heartbeat: { table: oa.beat } }
  finance: { kind: postgresql, port: 5432, database: finance, include: ['finance.*'], capture: ${LOGIN}, check: ${LOGIN}, heartbeat: { table: counterfoil.beat } }
targets:
  finance: { kind: postgresql, port: 5432, database: finance, sink: ${LOGIN}, check: ${LOGIN} }
  oa: { kind: mariadb, port: 3306, sink: ${LOGIN}, check: ${LOGIN} }
  topics: { kind: kafka, keeper: finance }
routes:
  - { name: claims, kind: entities, source: oa, target: finance, entities: [expense-claim] }
  - { name: told, kind: entities, source: oa, target: topics, entities: [expense-claim] }
  - { name: mirror, kind: mirror, source: oa, target: finance, namespace: oa, include: ['oa.*'] }
  - { name: back, kind: entities, source: finance, target: oa, entities: [payment] }
`;
const TABLES = new Map([
  ['oa', [tableIdOf('oa.expense_claim'), tableIdOf('oa.employee')]],
  ['finance', [tableIdOf('finance.payment')]],
]);

let lineage: Lineage;
beforeAll(async () => {
  const config = parseConfig(CONFIG, 'test.yaml', {});
  lineage = lineageOf(config, await routesOf(config), await loadCatalogue(config), TABLES);
});

const named = (name: string, choice = {}) =>
  tablesNamed(lineage, name, choice).map(
    ({ id, database }) => `${tableLabel(id)} in ${databaseName(database)}`,
  );

test('a table is named with or without its namespace, and as a source or a target where it is both', () => {
  expect(named('ap.expense_claim')).toEqual(['ap.expense_claim in finance']);
  expect(named('oa.expense_claim')).toEqual(['oa.expense_claim in oa', 'oa.expense_claim in finance']);
  expect(named('oa.expense_claim', { source: 'oa' })).toEqual(['oa.expense_claim in oa']);
  expect(named('oa.expense_claim', { target: 'finance' })).toEqual(['oa.expense_claim in finance']);
  expect(named('expense_claim', { route: 'claims' })).toEqual([
    'oa.expense_claim in oa',
    'ap.expense_claim in finance',
  ]);
  expect(named('employee', { source: 'oa' })).toEqual(['oa.employee in oa']);
});

test('an entity is the table whose rows it takes, however many routes have it', () => {
  expect(named('expense-claim')).toEqual(['oa.expense_claim in oa']);
  expect(named('payment')).toEqual(['finance.payment in finance']);
});

test('a name of nothing is refused with the one that was probably meant', () => {
  expect(() => named('ap.expense_clam')).toThrow('did you mean ap.expense_claim?');
  expect(() => named('expense-claim', { route: 'mirror' })).toThrow(/has a table or entity "expense-claim"/);
});

test('a database is the same as source and as target: what is written back is not read again', () => {
  const [payment] = tablesNamed(lineage, 'finance.payment', {});
  expect(readersOf(lineage, payment!).map(({ route, to }) => [route.name, to?.database.sources])).toEqual([
    ['back', ['oa']],
  ]);
  const [claim] = tablesNamed(lineage, 'expense-claim', {});
  expect(readersOf(lineage, claim!).map(({ route, table }) => [route.name, tableLabel(table)])).toEqual([
    ['claims', 'ap.expense_claim'],
    ['told', 'ap.expense_claim'],
    ['mirror', 'oa.expense_claim'],
  ]);
  expect(writersOf(lineage, claim!)).toEqual([]);
});

const table: TracedTable = {
  database: { address: 'a', sources: [], targets: ['finance'] },
  id: tableIdOf('ap.line'),
};
const shape = (...key: string[]): TableShape => ({ id: table.id, columns: [], key });
const given = (key: readonly string[], ...args: readonly string[]) => keyGiven(table, shape(...key), args);

test('a key is given by its values in order, or by columns in any order; a value may look like one', () => {
  expect(given(['id'], '7')).toEqual(['7']);
  expect(given(['kind', 'no'], 'no=1=2', 'kind=a')).toEqual(['a', '1=2']);
  expect(given(['kind', 'no'], 'x=y', '1')).toEqual(['x=y', '1']);
  expect(() => given(['kind', 'no'], '1')).toThrow(
    'the key of ap.line of finance is kind, no: 1 values were given',
  );
  expect(() => given([], '1')).toThrow('ap.line of finance has no key');
});

test('what no row can have as its key is a slip', () => {
  const columns = [{ name: 'id', type: { kind: 'int', bits: 64 }, nullable: false }] as const;
  const ofNumbers = (text: string) => () => keyGiven(table, { ...shape('id'), columns }, [text]);
  expect(ofNumbers('-7')()).toEqual(['-7']);
  expect(ofNumbers('id=7')()).toEqual(['7']);
  for (const slip of ['idd=1', "x'y", '1.5', '1e3', ''])
    expect(ofNumbers(slip)).toThrow('id of ap.line of finance is a whole number');
});
