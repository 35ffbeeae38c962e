import { writeFile } from 'node:fs/promises';
import { settingsDocument } from './settings-document.ts';

await writeFile(new URL('settings.md', import.meta.url), settingsDocument());
