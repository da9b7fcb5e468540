// Is active before any other extension, and takes the time that the one under test needs to load and to activate.
'use strict';
const Module = require('node:module');
const { performance } = require('node:perf_hooks');
const process = require('node:process');

const UNDER_TEST = /local-kafka-manager\.local-kafka-manager-[^/\\]+[/\\]dist[/\\]extension(\.js)?$/;

/** What the tests read: for `load` and `activate`, the time by the clock and of the processor, in ms. */
const times = {};

/** CPU time of this thread; of the process where Node can't tell (before 23.9). */
const cpuUsage = () => (process.threadCpuUsage ?? process.cpuUsage)();

function timed(name, work) {
  const began = performance.now();
  const cpu = cpuUsage();
  try {
    return work();
  } finally {
    const { user, system } = cpuUsage();
    times[name] = {
      clockMs: performance.now() - began,
      cpuMs: (user + system - cpu.user - cpu.system) / 1000,
    };
  }
}

exports.activate = () => {
  const load = Module._load;
  Module._load = function (request, ...more) {
    if (!UNDER_TEST.test(request)) return load.call(this, request, ...more);
    const exported = timed('load', () => load.call(this, request, ...more));
    return { ...exported, activate: (context) => timed('activate', () => exported.activate(context)) };
  };
  return { times };
};
