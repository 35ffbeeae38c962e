import { inspect } from 'node:util';

const HIDDEN = '***';

/**
 * A password on its way to where it is needed. However it is printed, logged, spread or serialised, it shows as `***`;
 * only {@link Secret.reveal} gives it away, so that every place that does is found by searching for that word.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

const SECRET_SETTING =
  /password|passphrase|secret|token|credential|jaas\.config|user\.info|keystore\.key|signing.?key|\.key\.pem/i;
/** A reference that the Connect worker resolves (`${file:…}`, `${env:…}`) says where a secret is, not what it is. */
const REFERENCE = /^\$\{[^}]+\}$/;

/** Whether a connector setting of this name holds something that must not be shown. */
export function isSecretSetting(name: string): boolean {
  return SECRET_SETTING.test(name);
}

/** The value as it may be shown. */
export function maskedValue(name: string, value: string): string {
  return isSecretSetting(name) && value !== '' && !REFERENCE.test(value) ? HIDDEN : value;
}

/** The settings as they may be shown, in alphabetical order. */
export function maskedConfig(config: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(config).sort();
  return Object.fromEntries(names.map((name) => [name, maskedValue(name, config[name] ?? '')]));
}

/** Text that somebody else wrote, with every secret value of these settings replaced. */
export function redact(text: string, config: Readonly<Record<string, string>>): string {
  let clean = text;
  for (const [name, value] of Object.entries(config)) {
    if (maskedValue(name, value) === value) continue;
    clean = clean.replaceAll(value, HIDDEN);
  }
  return clean;
}
