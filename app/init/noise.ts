import { patternMatcher } from '../../schemas/contract/table-pattern.ts';
import type { TableId } from '../../schemas/contract/table.ts';

/** Tables that applications write all the time and that nobody needs elsewhere; names in lower case. */
const NOISE: readonly { readonly why: string; readonly names: readonly string[] }[] = [
  {
    why: 'locks, triggers and state of a scheduler',
    names: ['qrtz_*', 'shedlock', 'xxl_job_lock', 'xxl_job_registry', '*databasechangeloglock'],
  },
  {
    why: 'sessions and tokens',
    names: [
      '*session',
      '*sessions',
      'spring_session*',
      '*_token',
      '*_tokens',
      'persistent_logins',
      'ir_session_wizard',
    ],
  },
  {
    why: 'caches and queues',
    names: ['*_cache', 'cache', 'cache_*', 'ir_cache', 'ir_queue', 'jobs', 'failed_jobs'],
  },
  {
    why: 'logs of accesses and operations',
    names: [
      '*_access_log',
      '*_api_log',
      '*_oper_log',
      '*_operation_log',
      'operation_log',
      '*_login_log',
      'sys_log',
      'infra_api_*_log',
    ],
  },
  {
    why: 'history of schema migrations',
    names: [
      'flyway_schema_history',
      '*databasechangelog',
      'schema_migrations',
      'django_migrations',
      '__efmigrationshistory',
    ],
  },
  {
    why: 'state of a process engine while a case runs',
    names: ['act_ru_*', 'act_ge_property', 'act_hi_actinst_tmp'],
  },
  {
    why: 'backups and leftovers',
    names: ['*_bak', '*_backup', '*_bak_*', 'tmp_*', 'temp_*', '*_tmp', '*_old'],
  },
];

/** Why a table looks as if it need not be captured; null when it does not. */
export function noiseReason({ name }: TableId): string | null {
  const lower = name.toLowerCase();
  return NOISE.find(({ names }) => patternMatcher(names, [])(lower))?.why ?? null;
}
