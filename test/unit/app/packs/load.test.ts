import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../../../../app/packs/catalogue.ts';
import { fedDocuments } from '../../../../app/runtime/feeds.ts';
import type { PackConfig } from '../../../../app/config/pack-schema.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-packs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A pack as somebody would write it beside an installed product: it imports nothing. */
function packOf(name: string, documents: string, rest = ''): string {
  const at = join(folder, name);
  mkdirSync(at);
  writeFileSync(
    join(at, 'pack.js'),
    `exports.pack = {
       about: 'Ours',
       settings: { safeParse: (data) => typeof data.database === 'string' ? { success: true, data }
         : { success: false, error: { issues: [{ path: ['database'], message: 'is missing' }] } } },
       documents: ({ database }) => [${documents}],
       ${rest}
     };`,
  );
  return at;
}
const header = `header: { id: { namespace: database, name: 'form' }, document: 'id', columns: [] }`;
const claim = `{ kind: 'expense-claim', about: 'x', ${header}, outline: () => null, read: () => null }`;
const catalogue = (from: string | undefined, settings: PackConfig['settings'] = { database: 'oa' }) =>
  loadCatalogue({ packs: { ours: { from, settings } } });

test('the documents of a folder are there by pack and kind, with its settings', async () => {
  const { documents } = await catalogue(packOf('sound', claim));
  expect(documents.get('ours/expense-claim')).toMatchObject({
    ...{ header: { id: { namespace: 'oa', name: 'form' } }, parts: {}, references: {} },
  });
  expect(documents.has('expense-claim')).toBe(true);
});

test('whole documents name the entities of their pack, and are told once a feed has a route that brings these', async () => {
  const nested = `{ lines: { entity: 'line', by: ['id'] } }`;
  const from = packOf(
    'whole',
    claim,
    `wholeDocuments: () => [{ name: 'claim', entity: 'form', nested: ${nested} }]`,
  );
  const loaded = await catalogue(from);
  expect(loaded.wholeDocuments.get('ours/claim')).toEqual({
    ...{ name: 'ours/claim', entity: 'ours/form' },
    nested: { lines: { entity: 'ours/line', by: ['id'] } },
  });
  expect(loaded.wholeDocuments.has('expense-claim')).toBe(true);
  const told = (document: string) =>
    fedDocuments({ name: 'f', routes: [], target: 't', documents: [document] }, { routes: [] }, loaded);
  expect(() => told('ours/claim')).toThrow(
    'feed f: no route of the feed brings ours/form, ours/line of ours/claim',
  );
  expect(() => told('ours/clam')).toThrow('feed f: document is "ours/clam"; did you mean ours/claim?');
});

test.each<[string, () => string | undefined, RegExp]>([
  ['a name that is none', () => undefined, /the pack is "ours", but there is only .*weaver-ecology/],
  ['a folder without a pack', () => folder, /the pack ours: there is no pack.js in/],
  ['a file that cannot be loaded', () => packOf('broken', '}'), /the pack ours: .*/],
  [
    'two documents of a kind',
    () => packOf('twice', `${claim}, ${claim}`),
    /it has two of the name expense-claim/,
  ],
  [
    'a table of one that is not declared before it',
    () =>
      packOf(
        'unordered',
        `{ ...${claim}, parts: { lines: { id: {}, columns: [], document: { column: 'a', of: 'form', its: 'b' } } } }`,
      ),
    /has lines of form, which is not declared before it/,
  ],
  ['what is no pack', () => packOf('other', claim, "about: ''"), /the pack ours: .*/],
])('%s is a fault of the configuration', async (_, from, message) => {
  await expect(catalogue(from())).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringMatching(message) as string,
  });
});

test('a fault of its settings is named by where it stands', async () => {
  await expect(catalogue(packOf('unset', claim), {})).rejects.toThrow(
    'packs.ours.settings.database: is missing',
  );
});
