import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '../../../app/config/load.ts';
import { loadCatalogue } from '../../../app/packs/catalogue.ts';
import { importPack, packFolder, shippedPacks } from '../../../app/packs/load.ts';
import { LiveDictionary, postedDocuments, routeOf } from '../../../app/runtime/posting-books.ts';
import { routesOf } from '../../../app/runtime/routes.ts';

// Everything here finds the packs by itself: a new folder is tested without a line in this file.
describe.each(shippedPacks())('the pack %s', (name) => {
  const text = (file: string) => readFileSync(join(packFolder(name), file), 'utf8');
  const example = text('counterfoil.yaml');
  const variables = [...example.matchAll(/\$\{(\w+)\}/g)].map(([, variable = '']) => [variable, 'secret']);
  const config = parseConfig(
    example,
    'counterfoil.yaml',
    Object.fromEntries(variables) as Record<string, string>,
  );

  test('has an example that uses it, whose postings carry all tables, and whose dictionary is valid', async () => {
    const catalogue = await loadCatalogue(config);
    const routes = await routesOf(config);
    const used = [
      ...config.postings.flatMap(({ documents }) => documents),
      ...config.routes.flatMap((route) => (route.kind === 'entities' ? route.entities : [])),
    ];
    expect(used.filter((each) => each.startsWith(`${name}/`))).not.toEqual([]);
    for (const posting of config.postings) {
      expect(posting.documents.every((document) => document.startsWith(`${name}/`))).toBe(true);
      expect(postedDocuments(posting, routeOf(posting, routes), catalogue).length).toBeGreaterThan(0);
      expect(() => new LiveDictionary(posting, catalogue).current()).not.toThrow();
    }
  });

  test('explains each of its settings, and says what it is in the list of packs', async () => {
    const { settings, about } = await importPack(name, packFolder(name));
    const missing = settingsOf(z.toJSONSchema(settings, { io: 'input' })).filter(
      (setting) => !text('README.md').includes(`\`${setting}\``),
    );
    expect(missing).toEqual([]);
    expect(readFileSync('docs/packs.md', 'utf8')).toContain(`[${name}](packs/${name}.md)`);
    expect(about).not.toBe('');
  });
});

function settingsOf(schema: unknown, prefix = ''): readonly string[] {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  return Object.entries(properties).flatMap(([key, node]) => {
    const inside = settingsOf(node, `${prefix}${key}.`);
    return inside.length > 0 ? inside : [prefix + key];
  });
}
