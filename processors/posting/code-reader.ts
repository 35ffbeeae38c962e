import type { CalendarDate } from '../../schemas/dictionary/calendar-date.ts';
import { inForce, lookup } from '../../schemas/dictionary/dictionary.ts';
import type { Dictionary, Found } from '../../schemas/dictionary/dictionary.ts';
import type { ListName } from '../../schemas/dictionary/lists.ts';
import type { Denomination } from '../../schemas/posting/money.ts';
import { parked } from '../../schemas/posting/outcome.ts';
import type { Parked } from '../../schemas/posting/outcome.ts';
import type { UsedCode } from '../../schemas/posting/voucher.ts';

/** Looks up the codes of one voucher, all on its day, and keeps which entries it was made with. */
export class CodeReader {
  readonly #used = new Map<string, UsedCode>();

  constructor(
    private readonly dictionary: Dictionary,
    private readonly date: CalendarDate,
  ) {}

  find<L extends ListName>(list: L, code: string, date = this.date): Found<L> | Parked {
    const found = lookup(this.dictionary, list, code, date);
    if (found.kind === 'not-mapped') return parked(found);
    this.#used.set(`${list}/${code}`, { list, code, version: found.version });
    return found;
  }

  denomination(code: string): (Denomination & { readonly kind: 'denomination' }) | Parked {
    const currency = this.find('currency', code);
    if (currency.kind !== 'found') return currency;
    return { kind: 'denomination', code, minorUnits: currency.value.minor_units };
  }

  /** The currency of the books. */
  base(): (Denomination & { readonly kind: 'denomination' }) | Parked {
    const base = inForce(this.dictionary, 'currency', this.date).find(({ value }) => value.base);
    return this.denomination(base?.code ?? 'base');
  }

  /** In the order of their names: two readers that found the same say the same. */
  used(): readonly UsedCode[] {
    return [...this.#used].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, code]) => code);
  }
}
