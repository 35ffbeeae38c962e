/** @type {import('jest').Config} */
const config = {
  testEnvironment: 'node',
  // Its soft way wraps what a test file left behind so that setting it recurses without end, and fails the file after it.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  collectCoverageFrom: ['{app,schemas,connectors,processors,sinks,monitoring,packs,stack}/**/*.ts'],
  coverageProvider: 'v8',
  // Haste would crawl these: a stack's data folder changes while it is looked at.
  roots: [
    '<rootDir>/app',
    '<rootDir>/connectors',
    '<rootDir>/monitoring',
    '<rootDir>/packs',
    '<rootDir>/processors',
    '<rootDir>/schemas',
    '<rootDir>/sinks',
    '<rootDir>/stack',
    '<rootDir>/test',
  ],
  testTimeout: 30_000,
};

export default config;
