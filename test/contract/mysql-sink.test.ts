import { createMysqlSink } from '../../sinks/mysql/sink.ts';
import { openMariadb } from '../support/databases.ts';
import { describeSink } from './sink-contract.ts';

describeSink({ name: 'MariaDB', open: openMariadb, create: createMysqlSink });
