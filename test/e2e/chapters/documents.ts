import { FEED_POINTS } from '../../../app/runtime/failpoint.ts';
import { tail } from '../../../app/topics/tail.ts';
import type { TopicRecord } from '../../../app/topics/tail.ts';
import { counterfoil, Pipeline } from '../../support/pipeline.ts';
import { PATIENCE_MS } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';
import { recordsIn } from '../../support/topic-records.ts';

const TOPIC = 'canonical.expense_claim_document';

/** A claim in few words: what it comes to, its lines by number, and who decided what, by time. */
interface Claim {
  readonly total: string;
  readonly status: string;
  readonly lines: readonly string[];
  readonly approvals: readonly string[];
}

interface ToldClaim {
  readonly id: string;
  /** Of the message; orders those of one claim. */
  readonly version: string;
  /** Null when it is gone. */
  readonly claim: Claim | null;
}

type Fields = Readonly<Record<string, unknown>>;

const lineText = ({ line_no: no, amount }: Fields) => `${String(no)}: ${String(amount)}`;
const approvalText = ({ node_no: node, approver_no: by, action }: Fields) =>
  [node, by, action].map(String).join(' ');

function claimOf(value: Fields): Claim {
  return {
    ...{ total: String(value['total_amount']), status: String(value['status']) },
    lines: (value['lines'] as Fields[]).map(lineText),
    approvals: (value['approvals'] as Fields[]).map(approvalText),
  };
}

const cents = (amount: string) => BigInt(amount.replace('.', ''));

function isWhole({ total, lines }: Claim): boolean {
  return cents(total) === lines.reduce((sum, line) => sum + cents(line.replace(/^.*: /, '')), 0n);
}

export function describeDocuments(story: () => Story): void {
  /** All that a committed reader sees, as `counterfoil topics tail` decodes it, each partition in its order. */
  async function told(): Promise<readonly ToldClaim[]> {
    const { kafka, office } = story();
    const records: TopicRecord[] = [];
    const everything = { fromBeginning: true, follow: false, max: Number.POSITIVE_INFINITY, key: undefined };
    const { signal } = new AbortController();
    await tail(office.config, TOPIC, everything, (record) => records.push(record), signal);
    const headers = new Map(
      (await recordsIn(kafka, TOPIC)).map((record) => [
        `${record.partition}/${record.offset}`,
        record.headers,
      ]),
    );
    return records.map(({ partition, offset, key, value }) => ({
      id: String(key?.['claim_id']),
      version: headers.get(`${partition}/${offset}`)?.['counterfoil.source.version']?.toString() ?? '',
      claim: value === null ? null : claimOf(value),
    }));
  }

  /** The claims that finance is to know of, as the OA has them. */
  async function inOffice(): Promise<ReadonlyMap<string, Claim>> {
    const query = async (sql: string) => (await story().oa.query(sql))[0] as Fields[];
    const lines = await query('SELECT * FROM expense_claim_line ORDER BY line_no, id');
    const approvals = await query(
      `SELECT * FROM approval_record WHERE doc_type = 'expense_claim' AND action <> 'submit' ORDER BY acted_at, id`,
    );
    const claims = await query(
      `SELECT * FROM expense_claim WHERE status IN ('submitted', 'approved') AND NOT is_deleted`,
    );
    return new Map(
      claims.map(({ id, total_amount: total, status }) => [
        String(id),
        {
          ...{ total: String(total), status: String(status) },
          lines: lines.filter((line) => line['claim_id'] === id).map(lineText),
          approvals: approvals.filter((each) => each['doc_id'] === id).map(approvalText),
        },
      ]),
    );
  }

  test(
    'killed at every point of the feed, it tells each claim as a whole and once, and last as the OA has it',
    async () => {
      const { office } = story();
      const stop = new AbortController();
      const activity = office.activity({ rate: 15, seed: 18 });
      const work = activity.run({ signal: stop.signal });
      for (const point of FEED_POINTS) {
        const pipeline = new Pipeline(office.configFile, `${point}:2`);
        expect([point, await pipeline.ended]).toEqual([point, 'SIGKILL']);
      }
      stop.abort();
      await work;

      const pipeline = new Pipeline(office.configFile);
      await story().settle(activity);
      const wanted = await inOffice();
      let claims = await told();
      for (; !isEqual(lastOf(claims), wanted); claims = await told());

      expect(wanted.size).toBeGreaterThan(0);
      expect([...wanted.values()].some(({ approvals }) => approvals.length > 0)).toBe(true);
      expect(claims.filter(({ claim }) => claim !== null && !isWhole(claim))).toEqual([]);
      const newest = new Map<string, string>();
      for (const { id, version } of claims) {
        expect([id, version > (newest.get(id) ?? '')]).toEqual([id, true]);
        newest.set(id, version);
      }
      const { exitCode, stdout } = await counterfoil('topics', 'describe', TOPIC, '-c', office.configFile);
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/\blines\b[^]*\bapprovals\b/)]);
      await pipeline.drain();
    },
    PATIENCE_MS,
  );
}

/** What is known of each claim in the end; those that are gone are left out. */
function lastOf(claims: readonly ToldClaim[]): ReadonlyMap<string, Claim> {
  const last = new Map(claims.map(({ id, claim }) => [id, claim]));
  return new Map([...last].flatMap(([id, claim]) => (claim === null ? [] : [[id, claim] as const])));
}

function isEqual(one: ReadonlyMap<string, Claim>, other: ReadonlyMap<string, Claim>): boolean {
  const text = (claims: ReadonlyMap<string, Claim>) =>
    JSON.stringify([...claims].sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}
