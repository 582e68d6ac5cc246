#!/usr/bin/env node
/**
 * Runs a script of this project on a Node that is new enough: the running one, else one fetched into the cache.
 *
 *   node scripts/node.mjs scripts/build.mjs --watch
 *
 * Needs nothing but Node 20 and npm. Children find the same Node first on PATH.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSuitableNode, suitableNode } from './lib/node-runtime.mjs';
import { runStreaming, withPath } from './lib/process.mjs';
import { root, runMain, ScriptError } from './lib/project.mjs';

await runMain(async ([script, ...args]) => {
  if (!script) throw new ScriptError('Usage: node scripts/node.mjs SCRIPT [ARGUMENTS]');
  const file = path.resolve(root, script);
  if (isSuitableNode()) {
    process.argv = [process.execPath, file, ...args];
    await import(pathToFileURL(file).href);
    return process.exitCode;
  }
  const node = await suitableNode();
  const env = { ...withPath(path.dirname(node)), npm_node_execpath: node };
  return runStreaming(node, [file, ...args], { cwd: process.cwd(), env });
});
