import { parseConfig } from '../../../app/config/load.ts';
import { placesConfig } from '../../support/places-config.ts';

const ENTITIES = '[expense-claim, expense-claim-line, approval]';
const PLACES = placesConfig(
  '  topics: { kind: kafka, keeper: finance }',
  `routes:
  - { name: claims, kind: entities, source: oa, target: finance, entities: ${ENTITIES} }
  - { name: mirror, kind: mirror, source: oa, target: finance, namespace: oa_mirror, include: ['oa.*'] }
  - { name: told, kind: entities, source: oa, target: topics, entities: ${ENTITIES} }`,
);
const SOUND = { name: 'whole', routes: ['claims'], documents: ['expense-claim'], target: 'topics' };

/** Feeds that are sound but for what is given. */
function parse(...feeds: readonly object[]) {
  const text = `${PLACES}feeds: ${JSON.stringify(feeds.map((each) => ({ ...SOUND, ...each })))}\n`;
  return parseConfig(text, 'test.yaml', {});
}

test('a feed is sound when its routes bring what its documents are made of', () => {
  expect(parse({}).feeds).toEqual([SOUND]);
});

test.each([
  ['an unknown route', { routes: ['claim'] }, 'feeds[0].routes: is "claim"; did you mean claims?'],
  ['an unknown document', { documents: ['expense-clam'] }, 'is "expense-clam"; did you mean expense-claim?'],
  [
    'a document of a pack that there is not',
    { documents: ['sap/x'] },
    'feeds[0].documents[0]: its pack is "sap"',
  ],
  ['an unknown target', { target: 'topic' }, 'feeds[0].target: is "topic"; did you mean topics?'],
  ['a database as its target', { target: 'finance' }, 'finance is a database, and takes no messages'],
  [
    'documents whose rows no route of it brings',
    { documents: ['contract'] },
    'feeds[0].documents: no route of the feed brings contract, contract-payment-plan of contract',
  ],
  [
    'a mirror, which brings no entities',
    { routes: ['mirror'] },
    'no route of the feed brings expense-claim, expense-claim-line, approval of expense-claim',
  ],
  [
    'a route into topics',
    { routes: ['told'] },
    'the target of told is no PostgreSQL, and documents are read from one',
  ],
  [
    'routes with different targets',
    { routes: ['claims', 'told'] },
    'told has another source or target than claims',
  ],
  ['the name of a route', { name: 'claims' }, 'feeds[0].name: is used twice: "claims"'],
  ['a document twice', { documents: ['expense-claim', 'expense-claim'] }, 'has expense-claim twice'],
  ['a route twice', { routes: ['claims', 'claims'] }, 'feeds[0].routes: has claims twice'],
])('a feed with %s is an error', (_, feed, message) => {
  expect(() => parse(feed)).toThrow(message);
});

test('two feeds do not tell one document to one target', () => {
  expect(() => parse({}, { name: 'again' })).toThrow(
    'feeds[1].documents[0]: expense-claim is told to topics by whole already',
  );
});
