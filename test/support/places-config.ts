/** A sound configuration of an OA in MariaDB and finance in PostgreSQL; more targets, and what follows them, are added. */
export const placesConfig = (moreTargets = '', rest = ''): string => `
kafka: { brokers: ['127.0.0.1:9092'] }
connect: { url: 'http://127.0.0.1:8083' }
registry: { url: 'http://127.0.0.1:8081/apis/ccompat/v7' }
sources:
  oa:
    kind: mariadb
    port: 3306
    databases: [oa]
    serverId: 4711
    capture: { user: capture, password: capture }
    check: { user: check, password: check }
    heartbeat: { table: oa.counterfoil_heartbeat }
    include: ['oa.*']
targets:
  finance:
    kind: postgresql
    port: 5432
    database: finance
    sink: { user: sink, password: sink }
    check: { user: check, password: check }
${moreTargets}
${rest}
`;
