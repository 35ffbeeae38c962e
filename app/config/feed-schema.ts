import { z } from 'zod';
import { WHOLE_DOCUMENTS } from '../../schemas/feed/catalogue.ts';
import { name } from './setting-types.ts';

export const feed = z.strictObject({
  name,
  routes: z
    .array(name)
    .min(1)
    .describe('Routes of one source that bring the entities of the documents into PostgreSQL'),
  documents: z
    .array(z.enum([...WHOLE_DOCUMENTS.keys()]))
    .min(1)
    .describe('What is told as a whole, with its lines'),
  target: name.describe('Who is told: a target that takes messages'),
});

export type FeedConfig = z.infer<typeof feed>;
