import { isSecretSetting } from '../../connectors/debezium/secret.ts';
import type { LoadedConfig } from './load.ts';

const HIDDEN = '***';

/**
 * A configuration as it may be shown: settings that are secret by their names, what came from secret files, and the
 * credentials in addresses are replaced by `***`.
 */
export function hiddenConfig({ config, secrets }: LoadedConfig): unknown {
  return hide(config, secrets);
}

function hide(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return hiddenText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => hide(item, secrets));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        typeof member === 'string' && isSecretSetting(key) ? HIDDEN : hide(member, secrets),
      ]),
    );
  }
  return value;
}

function hiddenText(text: string, secrets: readonly string[]): string {
  const shown = secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
  return shown.replace(/\/\/[^/@\s]*@/, `//${HIDDEN}@`);
}
