import { parseConfig } from '../../../../app/config/load.ts';
import { findingsAt } from '../../../../app/doctor/finding.ts';
import { messageTargetSubject } from '../../../../app/doctor/message-target.ts';

const configured = (match: string) =>
  parseConfig(
    `
kafka: { brokers: ['127.0.0.1:9092'] }
connect: { url: 'http://127.0.0.1:8083' }
registry: { url: 'http://127.0.0.1:8081/apis/ccompat/v7' }
sources:
  oa:
    kind: mariadb
    port: 3306
    databases: [oa]
    serverId: 4711
    capture: { user: capture, password: capture }
    check: { user: check, password: check }
    heartbeat: { table: oa.counterfoil_heartbeat }
    include: ['oa.*']
targets:
  finance:
    kind: postgresql
    port: 5432
    database: finance
    sink: { user: sink, password: sink }
    check: { user: check, password: check }
  gateway:
    kind: http
    keeper: finance
    url: http://gateway/v1
    endpoints: [{ match: [${match}], path: '/claims/{claim_id}' }]
routes:
  - { name: claims, kind: entities, source: oa, target: finance, entities: [expense-claim, expense-claim-line, approval] }
feeds:
  - { name: whole, routes: [claims], documents: [expense-claim], target: gateway }
`,
    'test.yaml',
    {},
  );

const look = (match: string) =>
  messageTargetSubject('gateway', configured(match), { tables: [], mirrored: new Set() }).look(
    findingsAt('target gateway'),
  );

test('a document of a feed that no endpoint is for is an error', async () => {
  expect(await look('ap.*')).toMatchObject([
    { status: 'error', what: expect.stringContaining('documents.expense_claim_document') as string },
  ]);
});

test('an endpoint of its own makes it sound', async () => {
  expect((await look('documents.expense_claim_document')).map(({ status }) => status)).not.toContain('error');
});
