import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { unreachable } from '../../schemas/contract/unreachable.ts';
import type { CaptureSource, ConnectorDefinition } from './capture-source.ts';
import { maskedValue } from './secret.ts';
import {
  BINLOG_SETTINGS,
  MARIADB_SETTINGS,
  MYSQL_SETTINGS,
  schemaHistoryClientSettings,
} from './templates/binlog.ts';
import { COMMON_SETTINGS } from './templates/common.ts';
import { converterSettings } from './templates/converter.ts';
import { POSTGRESQL_SETTINGS } from './templates/postgresql.ts';
import type { Setting, SettingGroup } from './templates/setting.ts';

/** A setting as rendered for one source, for people: the value is masked where it is a secret. */
export interface ExplainedSetting {
  readonly group: string;
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

interface RenderedSetting extends ExplainedSetting {
  readonly fixed: boolean;
}

/**
 * The connector for a source. Pure: the same source gives the same settings, in the order of the templates.
 * Throws CONFIGURATION_INVALID when an override replaces a setting that the product relies on.
 */
export function renderConnector(source: CaptureSource): ConnectorDefinition {
  const settings = settingsOf(source);
  const refused = settings.filter(
    ({ name, fixed, value }) => fixed && (source.overrides[name] ?? value) !== value,
  );
  if (refused.length > 0) {
    const lines = refused.map(({ name, value, why }) => `${name} stays ${value}: ${why}`);
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `source ${source.name} overrides connector settings that must not change. ${lines.join(' ')}`,
      { remedy: `remove ${refused.map(({ name }) => name).join(', ')} from the source's connector settings` },
    );
  }
  const rendered = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  return { name: source.name, config: { name: source.name, ...rendered, ...source.overrides } };
}

/** Each setting of a source's connector with the reason for it, secrets masked. */
export function explainConnector(source: CaptureSource): readonly ExplainedSetting[] {
  const explained = settingsOf(source).map(({ group, name, value, why }) => {
    const override = source.overrides[name];
    return {
      group,
      name,
      value: maskedValue(name, override ?? value),
      why: override === undefined ? why : overridden(why),
    };
  });
  const known = new Set(explained.map(({ name }) => name));
  const added = Object.entries(source.overrides)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => ({
      group: 'Added by configuration',
      name,
      value: maskedValue(name, value),
      why: 'Set in the configuration.',
    }));
  return [...explained, ...added];
}

function overridden(why: string): string {
  return `Overridden by the configuration. The template's reason: ${why}`;
}

function settingsOf(source: CaptureSource): readonly RenderedSetting[] {
  switch (source.kind) {
    case 'mariadb':
    case 'mysql': {
      const own = source.kind === 'mariadb' ? MARIADB_SETTINGS : MYSQL_SETTINGS;
      const history = { title: 'Table definitions', settings: schemaHistoryClientSettings(source) };
      return evaluate(source, [...own, ...BINLOG_SETTINGS, history, ...shared(source)]);
    }
    case 'postgresql':
      return evaluate(source, [...POSTGRESQL_SETTINGS, ...shared(source)]);
    default:
      return unreachable(source);
  }
}

function shared(source: CaptureSource): readonly SettingGroup[] {
  return [...COMMON_SETTINGS, converterSettings(source.converter)];
}

function evaluate<Source extends CaptureSource>(
  source: Source,
  groups: readonly (SettingGroup<Source> | SettingGroup)[],
): readonly RenderedSetting[] {
  return groups.flatMap(({ title, settings }) =>
    settings.flatMap((setting: Setting<Source> | Setting) => {
      const value = typeof setting.value === 'string' ? setting.value : setting.value(source);
      if (value === null) return [];
      return [{ group: title, name: setting.name, value, why: setting.why, fixed: setting.fixed === true }];
    }),
  );
}
