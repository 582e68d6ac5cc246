// A vendor with limits on loopback, as a process of its own, so that its clock does not stand still with the client's.
import { LimitedVendor } from '../../test/support/limited-vendor.ts';
import { startAnthropicServer } from '../../test/support/scripted-anthropic-server.ts';
import { startOpenAiServer } from '../../test/support/scripted-openai-server.ts';

process.once('message', async ({ shape, behaviour }) => {
  const vendor = new LimitedVendor(behaviour);
  const start = shape === 'anthropic' ? startAnthropicServer : startOpenAiServer;
  const arrivals = [];
  const server = await start((request) => {
    const at = performance.timeOrigin + performance.now();
    const reply = vendor.script(request);
    const number = Number(/hello (\d+)/.exec(request.rawBody)?.[1]);
    arrivals.push({
      at,
      number,
      key: request.key,
      status: reply.type === 'error' ? reply.status : 200,
      delayMs: reply.delayMs,
    });
    return reply;
  });
  process.send({ origin: server.origin });
  process.on('message', async () => {
    process.send({ log: { ...vendor.log, arrivals } });
    await server.close();
    process.disconnect();
  });
});
