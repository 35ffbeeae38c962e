import { tableMatcher } from '../../schemas/contract/table-pattern.ts';
import { mirrorOf } from '../../schemas/dsl/mirror.ts';
import type { Mirror, TableRule } from '../../schemas/dsl/mirror.ts';
import type { Mask } from '../../schemas/dsl/masking.ts';
import type { MirrorRouteConfig } from '../config/route-schema.ts';

type RuleConfig = MirrorRouteConfig['tables'][number];

/** The mapping of a mirror route. `secret` is the key of its hashes. */
export function mirrorMapping(route: MirrorRouteConfig, secret: string | undefined): Mirror {
  const { add, widen, drop } = route.schemaChange;
  return mirrorOf({
    name: route.name,
    targetNamespace: route.namespace,
    accepts: tableMatcher(route.include, route.exclude),
    rename: route.rename,
    tables: route.tables.map(tableRule),
    policy: { delete: route.delete, truncate: route.truncate },
    schemaPolicy: { add, widen, drop },
    secret: secret ?? null,
  });
}

function tableRule({ match, columns, mask, ...policies }: RuleConfig): TableRule {
  return {
    match,
    delete: policies.delete,
    truncate: policies.truncate,
    include: columns?.include,
    exclude: columns?.exclude,
    masks: mask.map((rule) => ({ columns: rule.columns, mask: maskOf(rule) })),
  };
}

function maskOf(rule: RuleConfig['mask'][number]): Mask {
  if (rule.method !== 'partial') return { method: rule.method };
  return { method: 'partial', keepFirst: rule.keepFirst, keepLast: rule.keepLast };
}
