import type { z } from 'zod';
import type { Entity } from '../dsl/entity.ts';
import type { DocumentDeclaration as WholeDocument } from '../feed/document.ts';
import type { DocumentDeclaration } from '../posting/declaration.ts';

/** What is known of a system of others: how its documents are read, and what goes back into it. */
export interface Pack<Settings> {
  /** In a sentence a finance engineer would use. */
  readonly about: string;
  /** What an installation has of its own: names of databases, numbers of forms. */
  readonly settings: z.ZodType<Settings>;
  /** One of a kind at most. */
  readonly documents: (settings: Settings) => readonly DocumentDeclaration[];
  readonly entities?: ((settings: Settings) => readonly Entity[]) | undefined;
  /** What feeds can tell of these entities, which it names as the pack does. */
  readonly wholeDocuments?: ((settings: Settings) => readonly WholeDocument[]) | undefined;
}

export function definePack<Settings>(pack: Pack<Settings>): Pack<Settings> {
  return pack;
}
