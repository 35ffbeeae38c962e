import { createPostgresSink } from '../../sinks/postgres/sink.ts';
import { openPostgres } from '../support/databases.ts';
import { describeSink } from './sink-contract.ts';

describeSink({ name: 'PostgreSQL', open: openPostgres, create: createPostgresSink });
