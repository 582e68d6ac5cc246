// What a task and a streamed token cost: each contender in a process of its own, in turn.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './workload.mjs';

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url));
/** Rounds of ours and of the hand-written loop; the others take part in every `PEER_EVERY`-th. */
const ROUNDS = 5;
const PEER_EVERY = 4;

export const BASE = 'by hand';
export const BARE = 'runGraph';
export const JOURNALED = 'runGraph, journal and events';
export const WHOLE = 'createEnsemble';

const OURS = { [BASE]: 'hand-written', [BARE]: 'ensemble', [JOURNALED]: 'ensemble', [WHOLE]: 'ensemble' };
const PEERS = {
  'p-graph': 'p-graph',
  LangGraph: 'langgraph',
  'LangGraph, memory saver': 'langgraph',
  Mastra: 'mastra',
  VoltAgent: 'voltagent',
};

/** Who takes part in what. A plan has at most 50 sub-tasks, so the whole product does that many. */
const WORKLOADS = [
  { name: 'graph 50', args: ['graph', '50'], contenders: [BASE, WHOLE] },
  { name: 'graph 100', args: ['graph', '100'], contenders: [BASE, BARE, JOURNALED, ...Object.keys(PEERS)] },
  { name: 'graph 1000', args: ['graph', '1000'], contenders: [BASE, BARE, JOURNALED, ...Object.keys(PEERS)] },
  { name: 'graph 10000', args: ['graph', '10000'], contenders: [BASE, BARE, JOURNALED] },
  { name: 'stream 0', args: ['stream', '0'], contenders: [BASE, BARE, WHOLE, 'LangGraph', 'Mastra', 'VoltAgent'] },
  { name: 'stream 5', args: ['stream', '5'], contenders: [BASE, BARE, WHOLE, 'LangGraph', 'Mastra', 'VoltAgent'] },
];

async function measure(name, args) {
  const file = OURS[name] ?? PEERS[name];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [CHILD, file, name, ...args], { timeout: 60_000 });
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } catch (error) {
    const lines = String(error.stderr || error.message).split('\n');
    return { error: (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0]).slice(0, 200) };
  }
}

/** Runs everything, interleaved; resolves with the samples by workload and contender. `peers` false leaves the others out. */
export async function measureCosts({ peers }) {
  const samples = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name: workload, args, contenders } of WORKLOADS) {
      const turn = contenders.filter((name) => name in OURS || (peers && round % PEER_EVERY === 0));
      // Another one goes first each time.
      turn.push(...turn.splice(0, round % turn.length));
      for (const name of turn) {
        const key = `${workload}/${name}`;
        const result = await measure(name, args);
        samples.set(key, [...(samples.get(key) ?? []), result]);
      }
    }
  }
  return {
    /** Median of a figure; undefined where the contender did not take part or failed. */
    of(workload, name, figure) {
      const values = (samples.get(`${workload}/${name}`) ?? [])
        .map((one) => one[figure])
        .filter((v) => v !== undefined);
      return values.length === 0 ? undefined : median(values);
    },
    errors: [...samples].flatMap(([key, all]) => all.flatMap(({ error }) => (error ? [`${key}: ${error}`] : []))),
    contendersOf: (workload) => WORKLOADS.find(({ name }) => name === workload).contenders,
  };
}

/** True where the others have been installed (`npm --prefix bench install`). */
export function hasPeers() {
  return existsSync(new URL('../node_modules/p-graph', import.meta.url));
}
