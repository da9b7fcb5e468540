// Mocha's spec reporter, which also writes the counts to a file for test/run.mjs.
'use strict';
const fs = require('node:fs');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on('fail', (test, error) => failures.push(`${test.fullTitle()}: ${error.message}`.split('\n')[0]));
    runner.once('end', () => {
      const { passes, failures: failed, pending } = runner.stats;
      const output = options.reporterOption?.output ?? options.reporterOptions?.output;
      fs.writeFileSync(output, JSON.stringify({ passed: passes, failed, pending, failures }));
    });
  }
};
