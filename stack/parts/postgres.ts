import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { postgresProbe } from '../readiness.ts';
import { childEnvironment, pathExists, type Part, type PartContext } from './part.ts';

/** The database server of the finance side, with logical decoding on. It refuses to run as root. */
export function postgresPart(context: PartContext): Part {
  const { postgresHome: home, postgresData: data, postgresUser: user } = context;
  const request = {
    env: childEnvironment({ TZ: 'UTC' }),
    cwd: dirname(data),
    user,
    marker: `config_file=${join(data, 'counterfoil.conf')}`,
  };
  return {
    name: 'postgres',
    async prepare() {
      if (!(await pathExists(join(data, 'PG_VERSION')))) await initialise(context);
      await removeStalePidFile(data);
      const settings = join(data, 'counterfoil.conf');
      await writeFile(settings, serverSettings(context));
      if (user !== undefined) await chown(settings, user.uid, user.gid);
    },
    process: {
      ...request,
      command: join(home, 'bin/postgres'),
      args: ['-D', data, '-c', `config_file=${join(data, 'counterfoil.conf')}`],
    },
    probe: postgresProbe(context.addresses.postgres),
    // «Fast»: roll back what is open, write a checkpoint, end.
    stopSignal: 'SIGINT',
    stopMilliseconds: 30_000,
  };
}

/**
 * A killed server leaves its pid file, and refuses to start while *any* process of its user has that pid, as is likely
 * after a reboot. Our own server does not run here: whoever starts a part has ended what was left before.
 */
async function removeStalePidFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = (await readFile(file, 'utf8').catch(() => '')).split('\n')[0] ?? '';
  if (!/^\d+$/.test(pid)) return;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!commandLine.includes('postgres')) await rm(file, { force: true });
}

/** Initialises beside the final place and renames: a folder that is there is whole. */
async function initialise(context: PartContext): Promise<void> {
  const { postgresHome: home, postgresData: data, postgresUser: user, addresses } = context;
  const staging = `${data}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  const password = join(staging, '..', 'postgres-password');
  await writeFile(password, addresses.postgres.password, { mode: 0o600 });
  if (user !== undefined) {
    await chown(staging, user.uid, user.gid);
    await chown(password, user.uid, user.gid);
  }
  try {
    await context.run(
      {
        command: join(home, 'bin/initdb'),
        args: [
          `--pgdata=${staging}`,
          `--username=${addresses.postgres.user}`,
          `--pwfile=${password}`,
          '--auth=scram-sha-256',
          '--encoding=UTF8',
          '--no-locale',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          '--no-instructions',
        ],
        env: childEnvironment({ TZ: 'UTC' }),
        cwd: dirname(data),
        user,
        marker: `--pgdata=${staging}`,
      },
      'postgres',
    );
  } finally {
    await rm(password, { force: true });
  }
  await rename(staging, data);
}

function serverSettings(context: PartContext): string {
  const commit = context.durable ? [] : ['fsync = off', 'synchronous_commit = off', 'full_page_writes = off'];
  return [
    `port = ${context.ports.postgres.toString()}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    'wal_level = logical',
    'max_replication_slots = 20',
    'max_wal_senders = 20',
    'max_connections = 300',
    'shared_buffers = 128MB',
    'max_wal_size = 1GB',
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
    "log_line_prefix = '%m [%p] '",
    "datestyle = 'iso, ymd'",
    "lc_messages = 'C'",
    ...commit,
    '',
  ].join('\n');
}
