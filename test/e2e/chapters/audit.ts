import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey } from 'node:crypto';
import type { AuditReport } from '../../../monitoring/audit/report.ts';
import { counterfoil, Pipeline } from '../../support/pipeline.ts';
import { PATIENCE_MS } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

const NOTHING = { altered: 0, removed: 0, added: 0, unsealed: 0 };

/** Tables of which something was found, and faults of entries, in few words. */
function foundIn(reports: readonly AuditReport[]): readonly string[] {
  return reports.flatMap(({ target, tables, chains }) => [
    ...tables.flatMap(({ table, verdict, findings, altered, removed, added, unsealed }) =>
      verdict === 'mismatch' || unsealed > 0
        ? [
            `${target} ${table} ${JSON.stringify({ ...NOTHING, altered, removed, added, unsealed })} ${JSON.stringify(findings)}`,
          ]
        : [],
    ),
    ...chains.flatMap(({ findings }) =>
      findings.map(({ chain, fault, from }) => `${target} ${chain.route} ${fault} ${from}`),
    ),
  ]);
}

/** What was written in all the chapters before, through kills and faults, is what the journal says; and what was not, is found. */
export function describeAudit(story: () => Story): void {
  async function verify(
    ...args: string[]
  ): Promise<{ exitCode: number | undefined; reports: AuditReport[] }> {
    const { exitCode, stdout, stderr } = await counterfoil('audit', 'verify', '--json', ...args);
    try {
      return { exitCode, reports: JSON.parse(stdout) as AuditReport[] };
    } catch {
      throw new Error(`the audit said: ${stderr}`);
    }
  }
  const config = () => ['--config', story().office.configFile];

  test(
    'an audit finds all of it as it was written; a row and an entry that a superuser altered are named, on an export as well',
    async () => {
      const { finance, office } = story();
      const pipeline = new Pipeline(office.configFile);
      await story().settle(office.activity({ rate: 50, seed: 41 }));
      // Everything is anchored when it has ended.
      await pipeline.drain();
      const before = await verify(...config());
      expect(foundIn(before.reports)).toEqual([]);
      expect(before.reports.map(({ target }) => target)).toEqual(['finance', 'oa']);
      for (const { entries, anchors } of before.reports) {
        expect(entries).toBeGreaterThan(20);
        expect(anchors.genuine).toBeGreaterThan(0);
        expect(anchors).toMatchObject({ false: 0, damaged: 0, missing: 0, entriesAfter: 0 });
      }

      const [claim] = (
        await finance.query<{ claim_id: string }>(
          'SELECT claim_id::text FROM ap.expense_claim ORDER BY claim_id LIMIT 1',
        )
      ).rows;
      await finance.query(
        `UPDATE ap.expense_claim SET total_amount = total_amount + 0.01 WHERE claim_id = ${claim!.claim_id}`,
      );
      const [entry] = (
        await finance.query<{ sequence: string }>(
          `UPDATE counterfoil.journal_entry SET applied_at = applied_at + 1
           WHERE route = 'master-data' AND topic = 'oa.oa.employee' AND sequence = 1 RETURNING sequence::text`,
        )
      ).rows;
      expect(entry).toEqual({ sequence: '1' });

      const folder = await mkdtemp(join(tmpdir(), 'counterfoil-export-'));
      try {
        const exported = await counterfoil(
          'audit',
          'export',
          'finance',
          join(folder, 'evidence'),
          ...config(),
        );
        expect(exported.exitCode).toBe(0);
        expect(await readdir(join(folder, 'evidence'))).toContain('entries.jsonl');
        const key = join(folder, 'journal.pub');
        const { signingKey } = office.config.journal!;
        await writeFile(key, createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }));
        const live = await verify('finance', ...config());
        const offline = await verify('--export', join(folder, 'evidence'), '--key', key);
        for (const { exitCode, reports } of [live, offline]) {
          expect(exitCode).toBe(1);
          expect(reports).toMatchObject([{ target: 'finance', verdict: 'mismatch' }]);
          const findings = reports[0]!.tables.flatMap((table) =>
            table.findings.map((each) => ({ ...each, table: table.table })),
          );
          const inClaims = findings.filter(({ table }) => table === 'ap.expense_claim');
          expect(inClaims).toMatchObject([{ fault: 'altered', key: `["${claim!.claim_id}"]` }]);
          // Of these nobody has told who is believed: the entry that did is not the one that was signed.
          const others = findings.filter(({ table }) => table !== 'ap.expense_claim');
          expect(new Set(others.map(({ table, fault }) => `${table} ${fault}`))).toEqual(
            new Set(['ap.employee added']),
          );
          expect(reports[0]!.chains.flatMap(({ findings: faults }) => faults)).toMatchObject([
            {
              chain: { route: 'master-data', topic: 'oa.oa.employee' },
              fault: 'altered',
              from: '1',
              to: '1',
            },
          ]);
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      await finance.query(
        `UPDATE ap.expense_claim SET total_amount = total_amount - 0.01 WHERE claim_id = ${claim!.claim_id}`,
      );
      await finance.query(
        `UPDATE counterfoil.journal_entry SET applied_at = applied_at - 1 WHERE route = 'master-data' AND topic = 'oa.oa.employee' AND sequence = 1`,
      );
      expect(foundIn((await verify(...config())).reports)).toEqual([]);
    },
    PATIENCE_MS,
  );
}
