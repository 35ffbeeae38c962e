import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mariadbProbe } from '../readiness.ts';
import { childEnvironment, pathExists, type Part, type PartContext } from './part.ts';

/** The database server of the office side, with the binlog as change capture needs it. */
export function mariadbPart(context: PartContext): Part {
  const { directory, artifacts, asRoot } = context;
  const data = join(directory, 'data/mariadb');
  const config = join(directory, 'config/mariadb.cnf');
  const base = artifacts.mariadb;
  const user = asRoot ? ['--user=root'] : [];
  return {
    name: 'mariadb',
    async prepare() {
      await mkdir(join(directory, 'data'), { recursive: true });
      await writeFile(config, serverSettings(context, data));
      if (await pathExists(join(data, 'mysql'))) return;
      await install(context, base, data, user);
    },
    process: {
      command: join(base, 'bin/mariadbd'),
      args: [`--defaults-file=${config}`, ...user],
      env: childEnvironment({ TZ: 'UTC' }),
      cwd: directory,
      marker: `--defaults-file=${config}`,
    },
    probe: mariadbProbe(context.addresses.mariadb),
    stopSignal: 'SIGTERM',
    stopMilliseconds: 30_000,
  };
}

/** Installs beside the final place and renames: a folder that is there is whole. */
async function install(context: PartContext, base: string, data: string, user: string[]): Promise<void> {
  const staging = `${data}.new`;
  const accounts = join(context.directory, 'config/mariadb-accounts.sql');
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  await writeFile(accounts, accountStatements(context.addresses.mariadb.password), { mode: 0o600 });
  try {
    await context.run(
      {
        command: '/bin/sh',
        args: [
          join(base, 'scripts/mariadb-install-db'),
          '--no-defaults',
          `--basedir=${base}`,
          `--datadir=${staging}`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          '--skip-name-resolve',
          '--innodb-log-file-size=48M',
          `--extra-file=${accounts}`,
          ...user,
        ],
        env: childEnvironment({ TZ: 'UTC' }),
        cwd: context.directory,
        marker: `--datadir=${staging}`,
      },
      'mariadb',
    );
  } finally {
    await rm(accounts, { force: true });
  }
  await rename(staging, data);
}

/** The anonymous accounts of a fresh server would shadow every account `@'%'` for connections from this machine. */
function accountStatements(password: string): string {
  return [
    "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');",
    'FLUSH PRIVILEGES;',
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    `CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;",
    'FLUSH PRIVILEGES;',
    '',
  ].join('\n');
}

function serverSettings(context: PartContext, data: string): string {
  const commit = context.durable
    ? ['innodb_flush_log_at_trx_commit=1', 'sync_binlog=1']
    : ['innodb_flush_log_at_trx_commit=0', 'sync_binlog=0', 'innodb_doublewrite=0'];
  return [
    '[mariadbd]',
    `basedir=${context.artifacts.mariadb}`,
    `datadir=${data}`,
    `tmpdir=${data}`,
    `port=${context.ports.mariadb.toString()}`,
    'bind-address=127.0.0.1',
    'socket=mariadb.sock',
    'pid-file=mariadb.pid',
    'skip-name-resolve',
    // 11.4 would make an RSA key at each start, which takes seconds; nothing here leaves the machine.
    'skip-ssl',
    'character-set-server=utf8mb4',
    'collation-server=utf8mb4_unicode_ci',
    'default-time-zone=+08:00',
    'server_id=1',
    'gtid_domain_id=0',
    'log-bin=binlog',
    'binlog_format=ROW',
    'binlog_row_image=FULL',
    'binlog_row_metadata=FULL',
    // A long holiday, not a weekend, is what a stopped connector must survive.
    'binlog_expire_logs_seconds=864000',
    'max_binlog_size=256M',
    'innodb_buffer_pool_size=192M',
    'innodb_log_file_size=48M',
    'max_connections=300',
    'max_allowed_packet=64M',
    'performance_schema=OFF',
    ...commit,
    '',
  ].join('\n');
}
