import { z } from 'zod';
import { name } from './setting-types.ts';

const sql = () => z.string().min(1);

const measure = z.strictObject({
  from: sql().describe('What follows FROM in the SQL of the target: a table, or several with their joins'),
  by: z.array(sql()).min(1).describe('Expressions that say which group a row is in'),
  value: sql().default('1').describe('An exact number; the measure of a group is its sum'),
  where: sql().optional(),
  changed: sql()
    .optional()
    .describe('When a row was changed; without it groups are looked at by full recomputes alone'),
});

export const rule = z
  .strictObject({
    name,
    target: name,
    about: z.string().min(1).describe('What must hold, in a sentence that finance would use'),
    must: z
      .enum(['equal', 'within', 'covered', 'at-most-one'])
      .describe(
        'equal: both sides come to the same; within: the same where the left one has rows; covered: where the left one has ' +
          'rows, the right one has; at-most-one: the left one comes to 0 or 1',
      ),
    by: z.array(z.string().min(1)).min(1).describe('What the expressions of `by` are called in reports'),
    left: measure,
    right: measure.optional(),
  })
  .superRefine(({ must, by, left, right }, context) => {
    for (const [side, given] of Object.entries({ left, right }))
      if (given !== undefined && given.by.length !== by.length)
        context.addIssue({
          ...{ code: 'custom', path: [side, 'by'] },
          message: `must have as many expressions as the rule has names (${by.length})`,
        });
    if ((must === 'at-most-one') === (right === undefined)) return;
    context.addIssue({
      ...{ code: 'custom', path: ['right'] },
      message: must === 'at-most-one' ? 'is not compared by at-most-one' : `is what ${must} compares with`,
    });
  });

export const invariants = z.strictObject({
  intervalSeconds: z.number().min(0).default(30).describe('Between two looks; 0 turns them off'),
  fullSeconds: z
    .number()
    .min(0)
    .default(3_600)
    .describe('How often all groups are recomputed; in between those that changed lately'),
  graceSeconds: z
    .number()
    .min(0)
    .default(20)
    .describe('How long a group is off, by the same amounts, before it counts as broken'),
  rules: z.array(rule).default([]).describe('Beside those of the postings'),
});

export type RuleConfig = z.infer<typeof rule>;

export type InvariantsConfig = z.infer<typeof invariants>;
