// Is active before any other extension, and takes the time that the one under test needs to load and to activate.
'use strict';
const Module = require('node:module');
const { performance } = require('node:perf_hooks');

const UNDER_TEST = /local-kafka-manager\.local-kafka-manager-[^/\\]+[/\\]dist[/\\]extension(\.js)?$/;

/** What the tests read; in ms. */
const times = { loadMs: undefined, activateCallMs: undefined, activateMs: undefined };

function timed(activate) {
  return (context) => {
    const began = performance.now();
    const result = activate(context);
    times.activateCallMs = performance.now() - began;
    const done = () => (times.activateMs = performance.now() - began);
    Promise.resolve(result).then(done, done);
    return result;
  };
}

exports.activate = () => {
  const load = Module._load;
  Module._load = function (request, ...more) {
    if (!UNDER_TEST.test(request)) return load.call(this, request, ...more);
    const began = performance.now();
    const exported = load.call(this, request, ...more);
    times.loadMs = performance.now() - began;
    return { ...exported, activate: timed(exported.activate) };
  };
  return { times };
};
