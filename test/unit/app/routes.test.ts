import { parseConfig } from '../../../app/config/load.ts';
import { routesOf } from '../../../app/runtime/routes.ts';

const PLACES = `
kafka: { brokers: ['127.0.0.1:9092'] }
connect: { url: 'http://127.0.0.1:8083' }
registry: { url: 'http://127.0.0.1:8081', converterUrl: 'http://127.0.0.1:8081' }
sources:
  finance:
    kind: postgresql
    port: 5432
    database: finance
    capture: { user: a, password: b }
    check: { user: a, password: b }
    heartbeat: { table: counterfoil.heartbeat }
    include: [ledger.*]
targets:
  finance: { kind: postgresql, port: 5432, database: finance, sink: { user: a, password: b }, check: { user: a, password: b } }
packs:
  sap: { settings: { to: finance, companyCode: '1000', accounts: {} } }
`;
const routes = (...lists: readonly string[]) => {
  const told = lists.map(
    (entities, at) =>
      `  - { name: r${at}, kind: entities, source: finance, target: finance, entities: [${entities}] }\n`,
  );
  return routesOf(parseConfig(`${PLACES}routes:\n${told.join('')}`, 'test.yaml', {}));
};

test('a source table is the business of one entity of a route: what another made of it would be missing', async () => {
  await expect(routes('sap/item, sap/acc-item')).rejects.toThrow(
    'route r0: two of its entities are about ledger.voucher_entry, and a table is the business of one',
  );
  await expect(routes('sap/item', 'sap/acc-item')).resolves.toHaveLength(2);
});
