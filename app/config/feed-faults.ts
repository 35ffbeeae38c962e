import { WHOLE_DOCUMENTS } from '../../schemas/feed/catalogue.ts';
import { entitiesOf } from '../../schemas/feed/document.ts';
import type { DocumentDeclaration } from '../../schemas/feed/document.ts';
import { unknownName } from './faults.ts';
import type { Fault, Sound } from './faults.ts';
import type { FeedConfig } from './feed-schema.ts';
import type { RouteConfig } from './route-schema.ts';
import type { TargetConfig } from './target-schema.ts';
import { isDatabase } from './target-schema.ts';

/** Routes and targets that are not sound have faults of their own, and are not judged here. */
export function feedFaults(
  { at, value: feed }: Sound<FeedConfig>,
  routes: readonly Sound<RouteConfig>[],
  targets: readonly Sound<TargetConfig>[],
): readonly Fault[] {
  const faults = (setting: string, messages: readonly string[]): readonly Fault[] =>
    messages.map((message) => ({ path: ['feeds', at, setting], message }));
  const known = routes.map(({ value }) => value.name);
  const chosen = routes.map(({ value }) => value).filter(({ name }) => feed.routes.includes(name));
  const unknown = feed.routes.filter((name) => !known.includes(name));
  return [
    ...faults(
      'routes',
      unknown.length > 0 ? unknown.map((name) => unknownName(name, known)) : routeFaults(chosen, targets),
    ),
    ...(unknown.length > 0 ? [] : faults('documents', missingOfAll(feed, chosen))),
    ...(['routes', 'documents'] as const).flatMap((list) =>
      faults(
        list,
        repeated(feed[list]).map((name) => `has ${name} twice`),
      ),
    ),
    ...faults('target', receiverFaults(feed, targets)),
  ];
}

function routeFaults(
  routes: readonly RouteConfig[],
  targets: readonly Sound<TargetConfig>[],
): readonly string[] {
  const [first, ...others] = routes;
  if (first === undefined) return [];
  const into = targets.find((each) => each.at === first.target)?.value;
  return [
    ...(into === undefined || into.kind === 'postgresql'
      ? []
      : [`the target of ${first.name} is no PostgreSQL, and documents are read from one`]),
    ...others
      .filter(({ source, target }) => source !== first.source || target !== first.target)
      .map(({ name }) => `${name} has another source or target than ${first.name}`),
  ];
}

/** Two feeds of one document into one target would tell it twice, and each as the other does not know it. */
export function doublyFed(feeds: readonly Sound<FeedConfig>[]): readonly Fault[] {
  const seen = new Map<string, string>();
  return feeds.flatMap(({ at, value: { name, documents, target } }) =>
    documents.flatMap((document, index) => {
      const before = seen.get(`${target}/${document}`);
      seen.set(`${target}/${document}`, before ?? name);
      if (before === undefined || before === name) return [];
      return [
        {
          path: ['feeds', at, 'documents', index],
          message: `${document} is told to ${target} by ${before} already`,
        },
      ];
    }),
  );
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

/** Of the documents of packs it is said by who has loaded these. */
function missingOfAll(feed: FeedConfig, routes: readonly RouteConfig[]): readonly string[] {
  return feed.documents.flatMap((name) => {
    const declaration = WHOLE_DOCUMENTS.get(name);
    return declaration === undefined ? [] : (missingEntities(declaration, routes) ?? []);
  });
}

/** What routes do not bring of the rows of a document; null when they bring all of them. */
export function missingEntities(
  declaration: DocumentDeclaration,
  routes: readonly RouteConfig[],
): string | null {
  const carried = new Set(routes.flatMap((route) => (route.kind === 'entities' ? route.entities : [])));
  const missing = entitiesOf(declaration).filter((entity) => !carried.has(entity));
  return missing.length === 0
    ? null
    : `no route of the feed brings ${missing.join(', ')} of ${declaration.name}`;
}

function receiverFaults({ target }: FeedConfig, targets: readonly Sound<TargetConfig>[]): readonly string[] {
  const receivers = targets.filter(({ value }) => !isDatabase(value)).map((each) => String(each.at));
  const found = targets.find((each) => each.at === target)?.value;
  if (found === undefined) return [unknownName(target, receivers)];
  return isDatabase(found) ? [`${target} is a database, and takes no messages`] : [];
}
