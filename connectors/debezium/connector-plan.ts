import type { ConnectorDefinition } from './capture-source.ts';
import { isSecretSetting, maskedValue } from './secret.ts';
import { OWNER_SETTING } from './templates/common.ts';

/** A setting that differs. Secrets show as `***` on both sides; that they differ is seen all the same. */
export interface SettingChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly secret: boolean;
}

export type ConnectorChange =
  | { readonly kind: 'added'; readonly name: string; readonly settings: readonly SettingChange[] }
  | { readonly kind: 'changed'; readonly name: string; readonly settings: readonly SettingChange[] }
  | { readonly kind: 'unchanged'; readonly name: string }
  /** Ours, but in no configuration any more. */
  | { readonly kind: 'removed'; readonly name: string };

/** What differs between a Connect cluster and the configuration. Safe to print and to serialise. */
export interface ConnectorPlan {
  readonly changes: readonly ConnectorChange[];
  /** Connectors of others in the same cluster: never touched. */
  readonly foreign: readonly string[];
}

/** Compares what Connect has with what it should have. Pure; in alphabetical order of names. */
export function diffConnectors(
  current: ReadonlyMap<string, { readonly config: Readonly<Record<string, string>> }>,
  desired: readonly ConnectorDefinition[],
): ConnectorPlan {
  const wanted = new Map(desired.map((definition) => [definition.name, definition]));
  const changes: ConnectorChange[] = [];
  const foreign: string[] = [];
  for (const definition of wanted.values())
    changes.push(changeOf(current.get(definition.name)?.config, definition));
  for (const [name, { config }] of current) {
    if (wanted.has(name)) continue;
    if (config[OWNER_SETTING] === undefined) foreign.push(name);
    else changes.push({ kind: 'removed', name });
  }
  return { changes: changes.sort((a, b) => (a.name < b.name ? -1 : 1)), foreign: foreign.sort() };
}

function changeOf(
  current: Readonly<Record<string, string>> | undefined,
  { name, config }: ConnectorDefinition,
): ConnectorChange {
  const settings = settingChanges(current ?? {}, config);
  if (current === undefined) return { kind: 'added', name, settings };
  return settings.length === 0 ? { kind: 'unchanged', name } : { kind: 'changed', name, settings };
}

function settingChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly SettingChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => ({
      name,
      before: shown(name, before[name]),
      after: shown(name, after[name]),
      secret: isSecretSetting(name),
    }));
}

function shown(name: string, value: string | undefined): string | null {
  return value === undefined ? null : maskedValue(name, value);
}

/** Whether applying the plan would do anything. */
export function isEmptyPlan(plan: ConnectorPlan): boolean {
  return plan.changes.every(({ kind }) => kind === 'unchanged');
}

const SIGN = { added: '+', changed: '~', removed: '-', unchanged: '=' } as const;

/** The plan as lines of text: one for each connector, and one for each setting that differs. */
export function formatPlan(plan: ConnectorPlan): string {
  const lines = plan.changes.flatMap((change) => {
    const head = `${SIGN[change.kind]} ${change.name} ${change.kind}`;
    if (change.kind === 'removed')
      return [`${head} from the configuration (stays in Connect unless removal is asked for)`];
    if (change.kind === 'unchanged') return [head];
    return [head, ...change.settings.map(settingLine)];
  });
  if (plan.foreign.length > 0) lines.push(`  not ours, left alone: ${plan.foreign.join(', ')}`);
  return lines.length === 0 ? 'no connectors' : lines.join('\n');
}

function settingLine({ name, before, after, secret }: SettingChange): string {
  if (before === null) return `    + ${name}: ${after ?? ''}`;
  if (after === null) return `    - ${name}: ${before}`;
  return secret ? `    ~ ${name}: *** (differs)` : `    ~ ${name}: ${before} → ${after}`;
}
