/** A database account: its name is not secret, its password is. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/**
 * Who works on a demo database, one account for each job, so that none can do more than its job:
 * - `capture`: the Debezium connector, which reads the log of changes;
 * - `sink`: the product's writer;
 * - `check`: the product's comparison, which must be unable to write;
 * - `app`: the office or finance application, here the activity generator.
 */
export interface DemoAccounts {
  readonly capture: Account;
  readonly sink: Account;
  readonly check: Account;
  readonly app: Account;
}

export type DemoPasswords = Readonly<Record<keyof DemoAccounts, string>>;

/** The usual names on MariaDB, with these passwords. */
export function oaAccounts(passwords: DemoPasswords): DemoAccounts {
  return namedAccounts('oa_app', passwords);
}

/** The usual names on PostgreSQL, with these passwords. */
export function financeAccounts(passwords: DemoPasswords): DemoAccounts {
  return namedAccounts('finance_app', passwords);
}

function namedAccounts(app: string, passwords: DemoPasswords): DemoAccounts {
  return {
    capture: { user: 'counterfoil_capture', password: passwords.capture },
    sink: { user: 'counterfoil_sink', password: passwords.sink },
    check: { user: 'counterfoil_check', password: passwords.check },
    app: { user: app, password: passwords.app },
  };
}
