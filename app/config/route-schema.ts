import { z } from 'zod';
import { renameFault } from '../../schemas/dsl/rename.ts';
import { isTimeZone, scheduleOf } from './schedule.ts';
import { columnPattern, name, packedName, tablePattern } from './setting-types.ts';

const timeZone = z
  .string()
  .refine(isTimeZone, 'is no time zone, such as Asia/Shanghai')
  .describe('Of the schedule, as the IANA names it');

const batch = z
  .strictObject({
    mode: z.literal('batch'),
    cron: z.string().describe('Moments of the runs: minute, hour, day of the month, month, day of the week'),
    timeZone: timeZone.default('UTC'),
    completeWithinSeconds: z
      .number()
      .min(1)
      .default(3_600)
      .describe('After its moment; a run that takes longer is overdue'),
  })
  .superRefine(({ cron, timeZone }, context) => {
    if (!isTimeZone(timeZone)) return;
    try {
      scheduleOf(cron, timeZone);
    } catch (error) {
      context.addIssue({
        ...{ code: 'custom', path: ['cron'] },
        message: `is no schedule: ${(error as Error).message}`,
      });
    }
  });

const sync = z
  .discriminatedUnion('mode', [z.strictObject({ mode: z.literal('realtime') }), batch])
  .describe('When rows are written: as they change, or in runs at moments of a schedule');

const accounting = z
  .boolean()
  .default(true)
  .describe('Whether the events of each source transaction are counted against what its connector says');

const routeCommon = {
  ...{ name, source: name, target: name, accounting },
  sync: sync.prefault({ mode: 'realtime' }),
};

const rename = z
  .strictObject({
    from: tablePattern.describe('Source tables; the first rule that matches a table counts'),
    to: z.string().min(1).describe('table or namespace.table; * and {1} stand for what * matched in from'),
  })
  .superRefine((rule, context) => {
    const message = renameFault(rule);
    if (message !== null) context.addIssue({ code: 'custom', path: ['to'], message });
  });

const columns = z.array(columnPattern).min(1);

const mask = z.discriminatedUnion('method', [
  z
    .strictObject({ method: z.literal('hash'), columns })
    .describe('HMAC-SHA-256 under masking.secret, as hex digits'),
  z.strictObject({ method: z.literal('nullify'), columns }).describe('No value at all'),
  z
    .strictObject({
      method: z.literal('partial'),
      columns,
      keepFirst: z.number().int().min(0).default(0),
      keepLast: z.number().int().min(0).default(0),
    })
    .describe('The first and last characters, * for each one between'),
]);

const deletePolicy = z
  .enum(['hard', 'soft', 'ignore'])
  .describe('Rows whose source row is deleted: deleted, marked in cf_deleted_at, or left as they are');
const truncatePolicy = z
  .enum(['deny', 'ignore', 'apply'])
  .describe(
    'A truncate of a source table: a dead letter, left out, or done to all rows what delete says of one',
  );

const tableRule = z.strictObject({
  match: z.array(tablePattern).min(1).describe('Source tables that this is said of'),
  delete: deletePolicy.optional(),
  truncate: truncatePolicy.optional(),
  columns: z
    .strictObject({
      include: z.array(columnPattern).min(1).optional().describe('Columns to copy; the key always is'),
      exclude: z.array(columnPattern).default([]).describe('Columns not to copy; wins over include'),
    })
    .optional(),
  mask: z.array(mask).default([]),
});

const schemaChange = z
  .strictObject({
    add: z.enum(['evolve', 'ignore', 'stop']).default('evolve').describe('A column that the target lacks'),
    widen: z
      .enum(['evolve', 'ignore', 'stop'])
      .default('evolve')
      .describe('A type that has become wider; ignore sets aside the rows that do not fit'),
    drop: z.enum(['ignore', 'stop']).default('ignore').describe('A column that the source no longer has'),
    readAgain: z
      .enum(['auto', 'ask'])
      .default('auto')
      .describe('Rows that got values at the source without an event: read again, or only named in the log'),
  })
  .describe('What is done to target tables when their source tables change');

export const route = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('entities'),
    ...routeCommon,
    entities: z.array(packedName).min(1).describe('Folders of schemas/entities, or pack/name'),
  }),
  z.strictObject({
    kind: z.literal('mirror'),
    ...routeCommon,
    namespace: z.string().min(1).describe('Target schema or database; * stands for that of the source table'),
    include: z.array(tablePattern).min(1).describe('Which of the captured tables'),
    exclude: z.array(tablePattern).default([]).describe('Wins over include'),
    rename: z.array(rename).default([]),
    delete: deletePolicy.default('hard'),
    truncate: truncatePolicy.default('deny'),
    schemaChange: schemaChange.prefault({}),
    tables: z
      .array(tableRule)
      .default([])
      .describe('What is said of some tables; a later one replaces what an earlier one said, masks add up'),
  }),
]);

export type RouteConfig = z.infer<typeof route>;
export type MirrorRouteConfig = Extract<RouteConfig, { kind: 'mirror' }>;
