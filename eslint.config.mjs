// Style is Prettier's business; these rules are about faults and about architecture.
import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

// The folders are the way of the data. Siblings never import each other: they meet in schemas/contract,
// and only app/ introduces them. `allowed` lists what a folder may import besides itself.
const allowed = {
  schemas: [],
  connectors: ['schemas'],
  processors: ['schemas'],
  sinks: ['schemas'],
  monitoring: ['schemas'],
  stack: ['schemas'],
  packs: ['schemas'],
};
const folders = [
  'app',
  'schemas',
  'connectors',
  'processors',
  'sinks',
  'monitoring',
  'stack',
  'packs',
  'test',
  'bench',
];
const zones = Object.entries(allowed).flatMap(([folder, may]) =>
  folders
    .filter((other) => other !== folder && !may.includes(other))
    .map((other) => ({
      target: `./${folder}`,
      from: `./${other}`,
      message: `${folder}/ may import only ${['itself', ...may].join(', ')}; see docs/architecture.md`,
    })),
);
const schemaZones = [
  {
    target: './schemas/contract',
    from: './schemas',
    except: ['./contract'],
    message: 'the contract imports nothing',
  },
  { target: './schemas/dsl', from: './schemas/entities', message: 'the language does not know the entities' },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules', '.counterfoil'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.mjs', 'jest.config.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: [...zones, ...schemaZones] }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'The environment is read in app/config only.',
        },
        {
          selector:
            "CallExpression[callee.object.name='AbortSignal'][callee.property.name='any'] CallExpression[callee.property.name='timeout']",
          message:
            'Node 20 may collect the timeout before it comes: see withDeadline in schemas/contract/deadline.ts.',
        },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  { files: ['app/config/**', 'test/**', 'bench/**'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['jest.config.mjs', 'eslint.config.mjs'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
