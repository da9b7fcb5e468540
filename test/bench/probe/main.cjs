// Is active before any other extension and takes times in the extension host: of its event loop, and of what VS Code
// asks the tree views for. The benchmark asks for them over HTTP; PROBE_FILE names the file that gets the port.
'use strict';
const { writeFileSync, renameSync } = require('node:fs');
const http = require('node:http');
const { Session } = require('node:inspector/promises');
const Module = require('node:module');
const { performance } = require('node:perf_hooks');
const process = require('node:process');
const { clearInterval, setInterval, setTimeout } = require('node:timers');
const vscode = require('vscode');

const UNDER_TEST = /local-kafka-manager\.local-kafka-manager-[^/\\]+[/\\]dist[/\\]/;

const msOf = ({ user, system }) => (user + system) / 1000;
/** CPU time in ms of the thread that the extensions run in, and of the whole process with its helper threads. */
const threadCpuMs = () => msOf(process.threadCpuUsage());
const processCpuMs = () => msOf(process.cpuUsage());

/** What VS Code asked a tree view for since the last `/begin`: { view, node, ms }. */
let asked = [];

/** An extension's own API of VS Code, with views that tell how long each getChildren takes. */
function timedApi(own) {
  const createTreeView = (id, options) => {
    const provider = options.treeDataProvider;
    const getChildren = async (node) => {
      const began = performance.now();
      try {
        return await provider.getChildren(node);
      } finally {
        asked.push({ view: id, node: node?.kind ?? 'roots', ms: performance.now() - began });
      }
    };
    const timed = Object.create(provider, { getChildren: { value: getChildren } });
    for (const name of ['getTreeItem', 'resolveTreeItem']) {
      if (provider[name]) Object.defineProperty(timed, name, { value: provider[name].bind(provider) });
    }
    Object.defineProperty(timed, 'onDidChangeTreeData', { get: () => provider.onDidChangeTreeData });
    return own.window.createTreeView(id, { ...options, treeDataProvider: timed });
  };
  const window = Object.create(own.window, { createTreeView: { value: createTreeView } });
  return Object.create(own, { window: { value: window, enumerable: true } });
}

/** Looks at the loop every ms: the longest it was held up, and the most CPU time that its thread took meanwhile. */
function watchLoop() {
  let longest = { ms: 0, cpuMs: 0 };
  let busiest = 0;
  let last = performance.now();
  let lastCpu = threadCpuMs();
  const timer = setInterval(() => {
    const now = performance.now();
    const cpu = threadCpuMs();
    if (now - last > longest.ms) longest = { ms: now - last, cpuMs: cpu - lastCpu };
    busiest = Math.max(busiest, cpu - lastCpu);
    last = now;
    lastCpu = cpu;
  }, 1);
  return () => {
    clearInterval(timer);
    return { loopMaxMs: longest.ms, loopMaxCpuMs: busiest };
  };
}

let endWatch;
let session;

const answers = {
  /** Begins to watch the loop and the views. */
  begin() {
    asked = [];
    endWatch?.();
    endWatch = watchLoop();
    return {};
  },
  end() {
    const loop = endWatch();
    endWatch = undefined;
    return { ...loop, asked };
  },
  /** Runs a command and tells what it took, with what it set going within `afterMs`. */
  async run({ command, afterMs }) {
    const [began, thread, whole] = [performance.now(), threadCpuMs(), processCpuMs()];
    await vscode.commands.executeCommand(command);
    const wallMs = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    return { wallMs, threadCpuMs: threadCpuMs() - thread, cpuMs: processCpuMs() - whole };
  },
  async profile({ file }) {
    if (file === undefined) {
      session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 200 });
      await session.post('Profiler.start');
    } else {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      writeFileSync(file, JSON.stringify(profile));
    }
    return {};
  },
};

function serve(request, response) {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    Promise.resolve()
      .then(() => answers[request.url.slice(1)](JSON.parse(body || '{}')))
      .then(
        (answer) => response.end(JSON.stringify(answer)),
        (error) => response.writeHead(500).end(String(error?.stack)),
      );
  });
}

exports.activate = () => {
  let api;
  const load = Module._load;
  Module._load = function (request, parent, ...more) {
    const found = load.call(this, request, parent, ...more);
    if (request !== 'vscode' || !UNDER_TEST.test(parent?.filename ?? '')) return found;
    return (api ??= timedApi(found));
  };
  const server = http.createServer(serve).listen(0, '127.0.0.1', () => {
    const file = process.env.PROBE_FILE;
    writeFileSync(`${file}.new`, String(server.address().port));
    renameSync(`${file}.new`, file);
  });
  return { dispose: () => server.close() };
};
