import type { Client } from 'pg';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableIdOf } from '../../schemas/contract/table-pattern.ts';
import type { PostingConfig } from '../config/posting-schema.ts';
import type { Config } from '../config/schema.ts';
import type { PostgresTarget } from '../config/target-schema.ts';
import { loadCatalogue } from '../packs/catalogue.ts';
import { withPostgres } from '../runtime/databases.ts';
import { LiveDictionary, postedDocuments, routeOf } from '../runtime/posting-books.ts';
import type { Route } from '../runtime/routes.ts';
import type { Finding, Findings } from './finding.ts';
import { quotedName, quotedTable } from './names.ts';
import { columnNames, lookAtTableRights, textRows } from './postgres-server.ts';
import type { Subject } from './subject.ts';

/** Postings: their dictionary, the copies they read, the schema of their vouchers, and the accounting periods. */
export function postingSubjects(config: Config, routes: readonly Route[]): readonly Subject[] {
  return config.postings.flatMap((posting): readonly Subject[] => {
    const route = routeOf(posting, routes);
    const target = config.targets[route.config.target];
    if (target?.kind !== 'postgresql') return [];
    const where = `posting ${posting.name}`;
    return [
      { where, look: (find) => lookAtRules(posting, config, route, find) },
      {
        where: `${where}: books`,
        look: (find) =>
          withPostgres({ ...target, ...target.sink }, async (client) => [
            ...(await lookAtSchema(client, posting, target, find)),
            ...(await lookAtPeriods(client, posting, target, find)),
          ]),
      },
    ];
  });
}

async function lookAtRules(
  posting: PostingConfig,
  config: Config,
  route: Route,
  find: Findings,
): Promise<readonly Finding[]> {
  const catalogue = await loadCatalogue(config);
  return [
    attempt(find, 'the dictionary is valid', () => new LiveDictionary(posting, catalogue).current()),
    attempt(find, `route ${route.name} carries the documents`, () =>
      postedDocuments(posting, route, catalogue),
    ),
  ];
}

function attempt(find: Findings, what: string, look: () => unknown): Finding {
  try {
    look();
    return find.ok(what);
  } catch (error) {
    if (!(error instanceof CounterfoilError)) throw error;
    return find.error(error.message, error.remedy ?? 'Correct the configuration.');
  }
}

async function lookAtSchema(
  client: Client,
  { schema }: PostingConfig,
  { sink, database }: PostgresTarget,
  find: Findings,
): Promise<readonly Finding[]> {
  const [row] = await textRows(
    client,
    `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS there,
       coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1),
         has_database_privilege($2, 'CREATE')) AS may`,
    [schema, database],
  );
  if (row?.['may'] === 'true') return [find.ok(`${sink.user} may make the tables of the books`)];
  const name = quotedName('postgresql', schema);
  return [
    find.error(
      `${sink.user} may not make the tables of the books in schema ${schema}`,
      [
        ...(row?.['there'] === 'true' ? [] : [`CREATE SCHEMA ${name};`]),
        `GRANT USAGE, CREATE ON SCHEMA ${name} TO ${quotedName('postgresql', sink.user)};`,
      ].join('\n'),
    ),
  ];
}

async function lookAtPeriods(
  client: Client,
  { periods }: PostingConfig,
  { sink }: PostgresTarget,
  find: Findings,
): Promise<readonly Finding[]> {
  const id = tableIdOf(periods);
  const columns = await columnNames(client, id);
  const missing = ['code', 'starts_on', 'ends_on', 'status'].filter((name) => !columns.has(name));
  if (missing.length > 0)
    return [
      find.error(
        `the table of accounting periods ${periods} lacks ${missing.join(', ')}, or is not there`,
        'Name a table or a view with these columns in periods of the posting.',
      ),
    ];
  const rights = await lookAtTableRights(
    client,
    [id],
    { user: sink.user, privileges: ['SELECT'], why: 'vouchers are dated in open periods' },
    find,
  );
  if (rights.some(({ status }) => status !== 'ok')) return rights;
  const [open] = await textRows(
    client,
    `SELECT count(*) AS count FROM ${quotedTable('postgresql', id)} WHERE status = 'open' AND ends_on >= CURRENT_DATE`,
  );
  return [
    ...rights,
    open?.['count'] === '0'
      ? find.warning(
          'no accounting period is open today or later: documents wait',
          `Open one: status = 'open' in ${periods}.`,
        )
      : find.ok('an accounting period is open'),
  ];
}
