import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Office } from '../support/office.ts';

/** The ways that documents take into the books and payments back, and the entities that finance pays by. */
const ROUTES = ['expense-claims', 'documents', 'oa-documents', 'payment-documents', 'back-to-oa'];
const ENTITIES: Readonly<Record<string, readonly string[]>> = { documents: ['contract-payment'] };

interface Settings {
  readonly routes: readonly { readonly name: string; readonly entities?: readonly string[] }[];
  readonly feeds: readonly object[];
}

/** The office with these routes alone: neither mirrors nor topics, for which documents do not wait. */
export async function withoutOthers(office: Office): Promise<Office> {
  const settings = parse(await readFile(office.configFile, 'utf8')) as Settings;
  const routes = settings.routes
    .filter(({ name }) => ROUTES.includes(name))
    .map((route) => ({ ...route, ...(route.name in ENTITIES && { entities: ENTITIES[route.name] }) }));
  const configFile = join(office.local.configFile, '..', 'measure.yaml');
  await writeFile(configFile, stringify({ ...settings, routes, feeds: [] }), { mode: 0o600 });
  return { ...office, configFile };
}
