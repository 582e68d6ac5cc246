import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

/**
 * One origin whatever the server's port, so that browser storage is found again; Chromium is told that this name is the
 * server. Any *.localhost is a secure context.
 */
export const AUTHORITY = 'ensemble-host.localhost:8099';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** Half of SecretStorage's key, which code-server's own front end would serve; kept with the session's data. */
function secretKey(folder) {
  const file = path.join(folder, 'mint-key');
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return [...fs.readFileSync(file)];
}

/** Starts Chromium with the session's own profile; returns Playwright's browser context. */
export async function launchBrowser({ host, folders, port, viewport, headed = false }) {
  const context = await chromium.launchPersistentContext(folders.browser, {
    executablePath: host.chromium,
    headless: !headed,
    viewport,
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
    args: [
      ...FLAGS,
      `--host-resolver-rules=MAP ${AUTHORITY} 127.0.0.1:${port}, MAP *.localhost:8099 127.0.0.1:${port}`,
    ],
  });
  await context.addInitScript((key) => {
    const real = globalThis.fetch;
    globalThis.fetch = (target, init) => {
      const mint = String(target?.url ?? target).endsWith('/mint-key');
      return mint ? Promise.resolve(new Response(new Uint8Array(key))) : real.call(globalThis, target, init);
    };
  }, secretKey(folders.data));
  return context;
}
