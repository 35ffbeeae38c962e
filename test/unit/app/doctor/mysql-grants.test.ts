import { grantStatement, missingPrivileges, parseGrants } from '../../../../app/doctor/mysql-grants.ts';
import type { Need } from '../../../../app/doctor/mysql-grants.ts';

const need = (privileges: readonly string[], database: string, table = '*'): Need => ({
  ...{ privileges, database, table },
  why: 'x',
});

test.each<[string, string[], Need, string[]]>([
  [
    'a right on the server',
    ['GRANT REPLICATION SLAVE ON *.* TO `c`@`%`'],
    need(['REPLICATION SLAVE'], '*'),
    [],
  ],
  [
    "MariaDB's name for the right to the log's position",
    ["GRANT RELOAD, BINLOG MONITOR ON *.* TO `c`@`%` IDENTIFIED BY PASSWORD '*1'"],
    need(['REPLICATION CLIENT', 'RELOAD'], '*'),
    [],
  ],
  [
    'all privileges',
    ['GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION'],
    need(['SELECT'], 'oa'),
    [],
  ],
  [
    'a right on the server for a database',
    ['GRANT SELECT ON *.* TO `c`@`%`'],
    need(['SELECT'], 'oa', 't'),
    [],
  ],
  [
    'a right on a database for the server',
    ['GRANT SELECT ON `oa`.* TO `c`@`%`'],
    need(['SELECT'], '*'),
    ['SELECT'],
  ],
  [
    'a database with an escaped underscore',
    ['GRANT SELECT ON `oa\\_x`.* TO `c`@`%`'],
    need(['SELECT'], 'oa_x'),
    [],
  ],
  [
    'an escaped underscore is no wildcard',
    ['GRANT SELECT ON `oa\\_x`.* TO `c`@`%`'],
    need(['SELECT'], 'oa1x'),
    ['SELECT'],
  ],
  ['an underscore is', ['GRANT SELECT ON `oa_x`.* TO `c`@`%`'], need(['SELECT'], 'oa1x'), []],
  [
    'a name with signs that mean something elsewhere',
    ['GRANT SELECT ON `a.b-c``d`.* TO `c`@`%`'],
    need(['SELECT'], 'a.b-c`d'),
    [],
  ],
  ['a table', ['GRANT SELECT, INSERT ON `oa`.`t` TO `c`@`%`'], need(['INSERT'], 'oa', 't'), []],
  ['another table', ['GRANT SELECT ON `oa`.`t` TO `c`@`%`'], need(['SELECT'], 'oa', 'u'), ['SELECT']],
  [
    'a part of what is needed',
    ['GRANT SELECT ON `oa`.* TO `c`@`%`'],
    need(['SELECT', 'ALTER'], 'oa'),
    ['ALTER'],
  ],
  [
    'rights from two grants',
    ['GRANT SELECT ON `oa`.* TO `c`@`%`', 'GRANT ALTER ON *.* TO `c`@`%`'],
    need(['SELECT', 'ALTER'], 'oa'),
    [],
  ],
  ['nothing but a role', ['GRANT `readers` TO `c`@`%`'], need(['SELECT'], 'oa'), ['SELECT']],
])('%s', (_, grants, wanted, missing) => {
  expect(missingPrivileges(parseGrants(grants), wanted)).toEqual(missing);
});

test('rights on each table do as well as one on the database', () => {
  const orEach = ['t', 'u'].map((name) => ({ namespace: 'oa', name }));
  const both = parseGrants(['GRANT SELECT ON `oa`.`t` TO `c`@`%`', 'GRANT SELECT ON `oa`.`u` TO `c`@`%`']);
  expect(missingPrivileges(both, { ...need(['SELECT'], 'oa'), orEach })).toEqual([]);
  expect(missingPrivileges(both.slice(1), { ...need(['SELECT'], 'oa'), orEach })).toEqual(['SELECT']);
});

test.each([
  [need(['SELECT'], 'oa_x'), "GRANT SELECT ON `oa\\_x`.* TO 'cap''ture'@'10.0.%';"],
  [need(['SELECT'], 'oa_x', 't_y'), "GRANT SELECT ON `oa_x`.`t_y` TO 'cap''ture'@'10.0.%';"],
  [need(['SELECT'], '*'), "GRANT SELECT ON *.* TO 'cap''ture'@'10.0.%';"],
])('the statement that gives %o', (wanted, statement) => {
  expect(grantStatement(wanted.privileges, wanted, "cap'ture@10.0.%")).toBe(statement);
});
