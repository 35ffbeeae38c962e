import type { InstalledPlugin } from '../../connectors/debezium/connect-client.ts';
import { renderConnector } from '../../connectors/debezium/render.ts';
import type { ConnectorDefinition } from '../../connectors/debezium/capture-source.ts';
import type { Config } from '../config/schema.ts';
import { captureSources } from '../runtime/capture.ts';
import { connectOf } from '../runtime/connect.ts';
import type { Finding, Findings } from './finding.ts';
import type { Subject } from './subject.ts';

/** The oldest Debezium whose behaviour the product's settings were tried with. */
const DEBEZIUM = [3, 5] as const;

/** The Connect cluster: what is installed, and what it says to the settings of each connector. */
export function connectSubject(config: Config): Subject {
  return {
    where: 'connect',
    async look(find) {
      const client = connectOf(config);
      const installed = await client.plugins();
      const definitions = captureSources(config).map(renderConnector);
      const findings = [
        ...definitions.flatMap((definition) => pluginFindings(definition, installed, find)),
        ...trustFindings(config, find),
      ];
      for (const definition of definitions) {
        const className = definition.config['connector.class'] ?? '';
        if (!installed.some((plugin) => plugin.class === className)) continue;
        const problems = await client.validate(definition);
        findings.push(
          ...problems.map(({ setting, messages }) =>
            find.error(
              `connector ${definition.name}: ${setting}: ${messages.join('; ').replace(/\s+/g, ' ')}`,
              'Mend the setting, or the database or worker that it speaks of; `counterfoil connectors render` shows all settings.',
            ),
          ),
        );
        if (problems.length === 0) findings.push(find.ok(`Connect accepts the connector ${definition.name}`));
      }
      return unique(findings);
    },
  };
}

/** Certificates of one's own are a matter of files on the workers. */
function trustFindings({ sources }: Config, find: Findings): readonly Finding[] {
  return Object.entries(sources).flatMap(([name, { kind, tls, connector }]) => {
    const setting = kind === 'postgresql' ? 'database.sslrootcert' : 'database.ssl.truststore';
    if (tls?.ca === undefined || tls.mode === 'encrypt' || connector[setting] !== undefined) return [];
    return [
      find.warning(
        `the connector ${name} does not know the certificates in tls.ca: it trusts those of its worker`,
        `Put them on the workers, and name the file in sources.${name}.connector: ${setting}.`,
      ),
    ];
  });
}

/** Classes that a connector's settings name. */
const CLASS_SETTINGS = [
  'connector.class',
  'key.converter',
  'value.converter',
  'transforms.keepNulls.type',
  'transforms.orderKeyless.type',
  'transforms.skipFirstNotes.type',
] as const;

function pluginFindings(
  { config }: ConnectorDefinition,
  installed: readonly InstalledPlugin[],
  find: Findings,
): readonly Finding[] {
  return CLASS_SETTINGS.flatMap((setting) => {
    const wanted = config[setting];
    if (wanted === undefined) return [];
    const plugin = installed.find((each) => each.class === wanted);
    if (plugin === undefined)
      return [
        find.error(
          `${wanted} is not installed`,
          "Put its files into a folder of its own on the workers' plugin.path, and restart them.",
        ),
      ];
    if (setting === 'connector.class' && isOld(plugin.version))
      return [
        find.warning(
          `${wanted} is of version ${plugin.version ?? 'unknown'}`,
          `Install Debezium ${DEBEZIUM.join('.')} or newer.`,
        ),
      ];
    return [find.ok(`${wanted} ${plugin.version ?? ''} is installed`.replace('  ', ' '))];
  });
}

function isOld(version: string | null): boolean {
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major)) return true;
  return major < DEBEZIUM[0] || (major === DEBEZIUM[0] && minor < DEBEZIUM[1]);
}

/** Two connectors of a kind need the same things. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [finding.what, finding])).values()];
}
