/** A document as its source has it, which is to be in the books. */
export interface Due {
  /** Kind and id. */
  readonly document: string;
  readonly cents: bigint;
  /** It cannot be posted: finance has no account for one of its codes. */
  readonly missingCode: boolean;
}

/** What the books have of a document: where it stands, and what all its vouchers come to. */
export interface Booked {
  readonly document: string;
  readonly state: string | null;
  readonly reason: string | null;
  readonly cents: bigint;
}

export interface Judgement {
  /** Of documents that are due now. */
  readonly due: number;
  readonly posted: number;
  readonly waitForCode: number;
  /** Each document for which the books give no good reason. */
  readonly unexplained: readonly string[];
}

/** Each document that is due is in the books with its amount, or lacks a code; nothing else is. */
export function judge(due: readonly Due[], booked: readonly Booked[]): Judgement {
  const books = new Map(booked.map((each) => [each.document, each]));
  const unexplained: string[] = [];
  let [posted, waitForCode] = [0, 0];
  for (const { document, cents, missingCode } of due) {
    const found = books.get(document);
    books.delete(document);
    const state = found?.state ?? 'none';
    if (missingCode && state === 'parked' && found?.cents === 0n) waitForCode += 1;
    else if (!missingCode && state === 'posted' && found?.cents === cents) posted += 1;
    else unexplained.push(`${document} is due, ${standing(found)}`);
  }
  for (const found of books.values())
    if (found.cents !== 0n || found.state === 'posted')
      unexplained.push(`${found.document} is not due, ${standing(found)}`);
  return { due: due.length, posted, waitForCode, unexplained };
}

/** Without its amount. */
function standing(found: Booked | undefined): string {
  if (found === undefined) return 'and the books do not know it';
  const { state, reason, cents } = found;
  const vouchers = cents === 0n ? 'its vouchers come to nothing' : 'its vouchers come to some amount';
  return `and ${state ?? 'of no state'}; ${vouchers}${reason === null ? '' : ` (${reason})`}`;
}
