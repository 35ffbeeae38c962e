import { z } from 'zod';
import { WHOLE_DOCUMENTS } from '../../schemas/feed/catalogue.ts';
import { unknownName } from './faults.ts';
import { name, packedName } from './setting-types.ts';

/** Those of a pack are known once it is loaded. */
const document = packedName.refine((given) => given.includes('/') || WHOLE_DOCUMENTS.has(given), {
  error: ({ input }) => unknownName(String(input), [...WHOLE_DOCUMENTS.keys()]),
});

export const feed = z.strictObject({
  name,
  routes: z
    .array(name)
    .min(1)
    .describe('Routes of one source that bring the entities of the documents into PostgreSQL'),
  documents: z
    .array(document)
    .min(1)
    .describe('What is told as a whole, with its lines: documents, or pack/document'),
  target: name.describe('Who is told: a target that takes messages'),
});

export type FeedConfig = z.infer<typeof feed>;
