import mysql from 'mysql2/promise'; import pg from 'pg'; import { readFileSync } from 'node:fs';
const a = JSON.parse(readFileSync('/tmp/s/warm.stack','utf8'));
const oa = await mysql.createConnection({ host: a.mariadb.host, port: a.mariadb.port, user: a.mariadb.user, password: a.mariadb.password, database: 'oa', multipleStatements: true });
const fin = new pg.Client({ ...a.postgres, database: 'finance' }); await fin.connect();
const N = Number(process.argv[2] ?? 100000), BASE = BigInt(process.argv[3] ?? '8000000000000000000');
const depts = [...readFileSync('schemas/dictionary/department.yaml','utf8').matchAll(/code: (D\d+)/g)].map((m) => ({ code: m[1]! }));
const types = ['rail','air','hotel','meal_allowance','stationery','express','banquet','gift'];
let seed = 7; const rnd = (n:number) => { seed = (seed + 0x6d2b79f5) | 0; let t = Math.imul(seed ^ (seed >>> 15), 1 | seed); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) % n; };
const t0 = Date.now(); let missing = 0, wrong = 0;
for (let from = 0; from < N; from += 50) {
  const heads: string[] = [], lines: string[] = [];
  for (let i = from; i < Math.min(N, from + 50); i++) {
    const id = BASE + BigInt(i); const bad = rnd(200) === 0; if (bad) missing++;
    const dept = bad ? `DX${rnd(5)}` : depts[rnd(depts.length)]!.code;
    let total = 0; const n = 1 + rnd(4);
    for (let l = 1; l <= n; l++) { const cents = 100 + rnd(500000); total += cents; const rate = [null, 0.06, 0.09, 0.13][rnd(4)];
      const tax = rate === null ? null : Math.round(cents - cents / (1 + rate!));
      lines.push(`(${(BASE / 8n) + BigInt(i) * 8n + BigInt(l)},${id},${l},'${types[rnd(types.length)]}',CURRENT_DATE,${cents / 100},${rate},${tax === null ? null : tax / 100},NOW())`); }
    heads.push(`(${id},'BM${i}-${(BASE / 100000000000000000n).toString()}',1,'E1${rnd(9999)}',1,'${dept}','m','travel',${total / 100},'approved',NOW(3),NOW())`);
  }
  await oa.beginTransaction();
  await oa.query(`INSERT INTO expense_claim (id,claim_no,applicant_id,applicant_no,department_id,department_code,title,category,total_amount,status,approved_at,created_at) VALUES ${heads.join()}`);
  await oa.query(`INSERT INTO expense_claim_line (id,claim_id,line_no,expense_type,occurred_on,amount,tax_rate,tax_amount,created_at) VALUES ${lines.join()}`);
  await oa.commit(); if (process.argv[4]) await new Promise((x) => setTimeout(x, Number(process.argv[4])));
}
const t1 = Date.now(); console.log('written', N, 'in', (t1 - t0) / 1000, 's; unmapped', missing);
for (;;) {
  const { rows: [r] } = await fin.query(`SELECT count(*)::int n, count(*) FILTER (WHERE state='posted')::int posted, count(*) FILTER (WHERE state='parked')::int parked, count(*) FILTER (WHERE state='refused')::int refused FROM ledger.document WHERE document_id BETWEEN $1 AND $2`, [BASE.toString(), (BASE + BigInt(N)).toString()]);
  if (r.n >= N) { console.log('decided after', (Date.now() - t0) / 1000, 's', JSON.stringify(r)); break; }
  await new Promise((x) => setTimeout(x, 1000));
}
const { rows } = await fin.query(`SELECT percentile_disc(ARRAY[0.5,0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM v.posted_at - c.approved_at)) AS q FROM ledger.voucher v JOIN oa_documents.expense_claim c ON c.id = v.document_id WHERE v.kind='posting' AND v.document_id BETWEEN $1 AND $2`, [BASE.toString(), (BASE + BigInt(N)).toString()]);
console.log('approval->voucher p50/p99 s', rows[0].q);
const { rows: chk } = await fin.query(`SELECT (SELECT count(*) FROM (SELECT voucher_no FROM ledger.voucher_entry GROUP BY 1 HAVING sum(CASE side WHEN 'debit' THEN amount ELSE -amount END)<>0) x)::int unbalanced, (SELECT count(*)-count(DISTINCT (document_kind,document_id,revision,kind)) FROM ledger.voucher)::int doubled`);
console.log(JSON.stringify(chk[0])); await oa.end(); await fin.end();
