// One client of the vendors: `calls` calls by `workers` workers. Reports how long they took and what failed.
import { ADAPTERS } from './adapters.mjs';

process.once('message', async (task) => {
  const adapter = await ADAPTERS[task.adapter](task);
  process.send({ ready: true });
  await new Promise((go) => process.once('message', go));
  const errors = {};
  const trace = [];
  let next = 0;
  let completed = 0;
  const began = performance.now();
  const worker = async () => {
    while (next < task.calls) {
      const number = next++;
      try {
        const began = performance.timeOrigin + performance.now();
        const text = await adapter.call(number, trace);
        trace.push({ type: 'done', number, began, at: performance.timeOrigin + performance.now() });
        if (text !== 'ok from a limited vendor.') throw new Error('wrong text');
        completed++;
      } catch (error) {
        const name = String(error.status ?? error.message).slice(0, 60);
        errors[name] = (errors[name] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: task.workers }, worker));
  const seconds = (performance.now() - began) / 1000;
  await adapter.close?.();
  process.send({ seconds, completed, errors, trace, began: performance.timeOrigin + began });
  process.disconnect();
});
