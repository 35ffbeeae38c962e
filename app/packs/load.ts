import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import type { Entity } from '../../schemas/dsl/entity.ts';
import type { DocumentDeclaration as WholeDocument } from '../../schemas/feed/document.ts';
import type { Pack } from '../../schemas/packs/pack.ts';
import { defineDocument } from '../../schemas/posting/declaration.ts';
import type { DocumentDeclaration } from '../../schemas/posting/declaration.ts';
import { labelOf, unknownName } from '../config/faults.ts';
import type { PackConfig } from '../config/pack-schema.ts';

const SHIPPED = fileURLToPath(new URL('../../packs/', import.meta.url));

/** A pack with the settings of a configuration. All that it offers is by `pack/name`. */
export interface LoadedPack {
  readonly documents: ReadonlyMap<string, DocumentDeclaration>;
  readonly entities: ReadonlyMap<string, Entity>;
  readonly wholeDocuments: ReadonlyMap<string, WholeDocument>;
  /** Folder of codes that the pack adds to dictionaries; null when it adds none. */
  readonly dictionary: string | null;
}

export function shippedPacks(): readonly string[] {
  return readdirSync(SHIPPED, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The folder of a shipped pack, or of one's own. Throws CONFIGURATION_INVALID when there is none. */
export function packFolder(from: string): string {
  const own = from.includes('/') || from.includes('\\') || from.startsWith('.');
  if (!own && !shippedPacks().includes(from)) {
    const known = unknownName(from, shippedPacks());
    throw new CounterfoilError('CONFIGURATION_INVALID', `the pack ${known}`, {
      remedy:
        'Name one that `counterfoil packs list` shows, or the folder of your own, such as ./packs/ours.',
    });
  }
  return own ? resolve(from) : join(SHIPPED, from);
}

/** Throws CONFIGURATION_INVALID when there is no such pack, when it cannot be loaded, or for faults of its settings. */
export async function loadPack(name: string, { from = name, settings }: PackConfig): Promise<LoadedPack> {
  const folder = packFolder(from);
  const pack = await importPack(name, folder);
  const parsed = pack.settings.safeParse(settings);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${labelOf(['packs', name, 'settings', ...path])}: ${message}`,
    );
    throw new CounterfoilError('CONFIGURATION_INVALID', faults.join('; '), {
      remedy: `\`counterfoil packs show ${basename(folder)}\` explains each setting.`,
    });
  }
  const dictionary = join(folder, 'dictionary');
  try {
    return {
      documents: named(
        name,
        pack.documents(parsed.data).map((document) => [document.kind, defineDocument(document)]),
      ),
      entities: named(
        name,
        (pack.entities?.(parsed.data) ?? []).map((entity) => [entity.name, entity]),
      ),
      wholeDocuments: named(
        name,
        (pack.wholeDocuments?.(parsed.data) ?? []).map((document) => [document.name, ofPack(name, document)]),
      ),
      dictionary: existsSync(dictionary) ? dictionary : null,
    };
  } catch (error) {
    throw invalidPack(name, error);
  }
}

/** Throws CONFIGURATION_INVALID when the folder has no pack. */
export async function importPack(name: string, folder: string): Promise<Pack<unknown>> {
  const file = ['pack.js', 'pack.ts'].map((each) => join(folder, each)).find(existsSync);
  if (file === undefined)
    throw new CounterfoilError('CONFIGURATION_INVALID', `the pack ${name}: there is no pack.js in ${folder}`);
  try {
    const loaded = (await import(pathToFileURL(file).href)) as { readonly pack?: unknown };
    return packShape.parse(loaded.pack);
  } catch (error) {
    throw invalidPack(name, error);
  }
}

const packShape = z.object(
  {
    about: z.string().min(1),
    settings: z.custom<Pack<unknown>['settings']>((value) => value instanceof Object && 'safeParse' in value),
    documents: z.custom<Pack<unknown>['documents']>((value) => typeof value === 'function'),
    entities: z
      .custom<NonNullable<Pack<unknown>['entities']>>((value) => typeof value === 'function')
      .optional(),
    wholeDocuments: z
      .custom<NonNullable<Pack<unknown>['wholeDocuments']>>((value) => typeof value === 'function')
      .optional(),
  },
  'it exports no pack with about, settings and documents',
);

/** A document as the configuration names it and its entities. */
function ofPack(pack: string, { name, entity, nested, ...rest }: WholeDocument): WholeDocument {
  const named = (each: string) => `${pack}/${each}`;
  return {
    ...rest,
    name: named(name),
    entity: named(entity),
    nested: Object.fromEntries(
      Object.entries(nested).map(([part, rows]) => [part, { ...rows, entity: named(rows.entity) }]),
    ),
  };
}

function named<T>(pack: string, parts: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const [name, part] of parts) {
    if (found.has(`${pack}/${name}`))
      throw new CounterfoilError('CONFIGURATION_INVALID', `it has two of the name ${name}`);
    found.set(`${pack}/${name}`, part);
  }
  return found;
}

function invalidPack(name: string, error: unknown): CounterfoilError {
  const reasons =
    error instanceof z.ZodError
      ? error.issues.map(({ path, message }) => [...path.map(String), message].join(': '))
      : [error instanceof Error ? error.message : String(error)];
  return new CounterfoilError('CONFIGURATION_INVALID', `the pack ${name}: ${reasons.join('; ')}`, {
    remedy: 'docs/packs.md says what a pack is made of.',
    cause: error,
  });
}
