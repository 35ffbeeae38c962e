import { parseConfig } from '../../../../app/config/load.ts';
import { findingsAt } from '../../../../app/doctor/finding.ts';
import { messageTargetSubject } from '../../../../app/doctor/message-target.ts';
import { placesConfig } from '../../../support/places-config.ts';

const configured = (match: string) =>
  parseConfig(
    placesConfig(
      `
  gateway:
    kind: http
    keeper: finance
    url: http://gateway/v1
    endpoints: [{ match: [${match}], path: '/claims/{claim_id}' }]`,
      `
routes:
  - { name: claims, kind: entities, source: oa, target: finance, entities: [expense-claim, expense-claim-line, approval] }
feeds:
  - { name: whole, routes: [claims], documents: [expense-claim], target: gateway }`,
    ),
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
