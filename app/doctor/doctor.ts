import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableId, TableShape } from '../../schemas/contract/table.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { Config } from '../config/schema.ts';
import type { Route } from '../runtime/routes.ts';
import { listSourceTables } from '../runtime/source-tables.ts';
import { targetCollisions } from '../runtime/target-claims.ts';
import { binlogSourceSubjects } from './binlog-source.ts';
import { clockSubjects } from './clocks.ts';
import { connectSubject } from './connect.ts';
import { findingsAt } from './finding.ts';
import type { Finding, Status } from './finding.ts';
import { httpTargetSubject } from './http-target.ts';
import { kafkaSubject } from './kafka.ts';
import { messageTargetSubject } from './message-target.ts';
import { mysqlTargetSubjects } from './mysql-target.ts';
import { nameCollisions } from './name-collisions.ts';
import { postgresSourceSubjects } from './postgres-source.ts';
import { postgresTargetSubjects } from './postgres-target.ts';
import { postingSubjects } from './postings.ts';
import { registrySubject } from './registry.ts';
import { describeSource, routeFindings, targetsOrNone } from './routes.ts';
import { examine } from './subject.ts';
import type { Subject } from './subject.ts';
import type { WantedTables } from './wanted-tables.ts';

/** What is known of the sources' tables; a source that could not be asked is in neither. */
interface Known {
  readonly tables: Map<string, readonly TableId[]>;
  readonly shapes: Map<string, readonly TableShape[]>;
}

/**
 * Looks at everything that must hold before the routes are started: databases, users, tables, Kafka, Connect, registry,
 * clocks. Changes nothing. Never throws for what it finds or cannot reach.
 */
export async function runDoctor(config: Config, routes: readonly Route[]): Promise<readonly Finding[]> {
  const known: Known = { tables: new Map(), shapes: new Map() };
  const tables = await examine(tableSubjects(config, known));
  const findings = await examine([
    ...sourceSubjects(config, known),
    ...routeSubjects(config, routes, known),
    ...targetSubjects(config, routes, known),
    ...postingSubjects(config, routes),
    kafkaSubject(config, known.tables),
    connectSubject(config),
    registrySubject(config),
    ...clockSubjects(config),
  ]);
  return [...tables, ...findings];
}

/** An error counts more than what could not be looked at. */
export function worstStatus(findings: readonly Finding[]): Status {
  const order = ['error', 'unknown', 'warning'] as const;
  return order.find((status) => findings.some((finding) => finding.status === status)) ?? 'ok';
}

/** Finds the tables that the others are about. */
function tableSubjects(config: Config, known: Known): readonly Subject[] {
  return Object.entries(config.sources).map(([name, source]) => ({
    where: `source ${name}: tables`,
    async look(find) {
      try {
        const tables = await listSourceTables(name, source);
        known.tables.set(name, tables);
        const shapes = await describeSource(config, name, tables);
        known.shapes.set(name, shapes);
        if (tables.length > 0)
          return [
            find.ok(`${tables.length.toString()} tables are captured`),
            ...nameCollisions(name, source, shapes, find),
          ];
        return [
          find.error(
            'include matches no table that the check user may see',
            'Correct include and exclude, or grant SELECT.',
          ),
        ];
      } catch (error) {
        if (!(error instanceof CounterfoilError)) throw error;
        return [find.unknown(error.message, error.remedy ?? '')];
      }
    },
  }));
}

function sourceSubjects(config: Config, known: Known): readonly Subject[] {
  return Object.entries(config.sources).flatMap(([name, source]) => {
    const tables = known.tables.get(name) ?? [];
    return source.kind === 'postgresql'
      ? postgresSourceSubjects(name, source, tables)
      : binlogSourceSubjects(name, source, tables);
  });
}

function routeSubjects(config: Config, routes: readonly Route[], known: Known): readonly Subject[] {
  const each = routes.flatMap((route) => {
    const shapes = known.shapes.get(route.config.source);
    if (shapes === undefined) return [];
    const where = `route ${route.name}`;
    return [
      {
        where,
        look: () => Promise.resolve(routeFindings(route, shapes, config.connect.plugin, findingsAt(where))),
      },
    ];
  });
  const collisions = targetCollisions(routes, known.tables);
  return [
    ...each,
    {
      where: 'routes',
      look: (find) =>
        Promise.resolve(
          collisions.length === 0
            ? [find.ok('no two source tables go to one target table')]
            : collisions.map((collision) =>
                find.error(collision, 'Rename one of the two in its route, or exclude it.'),
              ),
        ),
    },
  ];
}

function targetSubjects(config: Config, routes: readonly Route[], known: Known): readonly Subject[] {
  return Object.entries(config.targets).flatMap(([name, target]) => {
    const wanted = wantedTables(
      routes.filter((route) => route.config.target === name),
      known,
    );
    switch (target.kind) {
      case 'postgresql':
        return postgresTargetSubjects(name, target, wanted);
      case 'mariadb':
      case 'mysql':
        return mysqlTargetSubjects(name, target, wanted);
      case 'kafka':
        return [messageTargetSubject(name, config, wanted)];
      case 'http':
        return [messageTargetSubject(name, config, wanted), httpTargetSubject(name, target)];
      default:
        return unreachable(target);
    }
  });
}

function wantedTables(routes: readonly Route[], { shapes }: Known): WantedTables {
  const tables: TableShape[] = [];
  const mirrored = new Set<string>();
  for (const { mapping, config } of routes) {
    for (const shape of shapes.get(config.source) ?? []) {
      if (!mapping.accepts(shape.id)) continue;
      for (const target of targetsOrNone(() => mapping.targets(shape))) {
        tables.push(target);
        if (config.kind === 'mirror') mirrored.add(tableLabel(target.id));
      }
    }
  }
  return { tables, mirrored };
}
