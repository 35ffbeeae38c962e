import { readdir } from 'node:fs/promises';
import type { Entity } from '../dsl/entity.ts';

/** Names of the entities: one folder each, beside this file. */
export async function entityNames(): Promise<readonly string[]> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * All declared entities, by name. Adding one is adding its folder: nothing lists them. Throws CounterfoilError
 * CONFIGURATION_INVALID when a declaration cannot work.
 */
export async function loadEntities(): Promise<readonly Entity[]> {
  const entities: Entity[] = [];
  for (const name of await entityNames()) entities.push(await loadEntity(name));
  return entities;
}

async function loadEntity(name: string): Promise<Entity> {
  const declared = (await import(`./${name}/declaration.ts`)) as { readonly entity: Entity };
  return declared.entity;
}
