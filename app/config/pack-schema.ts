import { z } from 'zod';

export const pack = z.strictObject({
  from: z
    .string()
    .min(1)
    .optional()
    .describe('A shipped pack, or the folder of one; without it the name is that of a shipped one'),
  settings: z.record(z.string(), z.unknown()).default({}).describe('What the pack asks for'),
});

export type PackConfig = z.infer<typeof pack>;
