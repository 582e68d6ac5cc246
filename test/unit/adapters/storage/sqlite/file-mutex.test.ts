import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import { FileMutex, ownersAt, releaseAbandonedLock } from '../../../../../src/adapters/storage/sqlite/file-mutex.ts';
import type { RunOwner } from '../../../../../src/core/ports.ts';
import { temporaryFolder } from '../../../../contract/storage-implementations.ts';

/** Long enough for several attempts, short enough to wait for. */
const BRIEFLY_MS = 30;

describe('FileMutex', () => {
  let folder = '';
  let lock = '';
  const open: FileMutex[] = [];
  const deadOwner = (): RunOwner => ({ ...currentOwner(), pid: spawnSync(process.execPath, ['--version']).pid });

  beforeEach(() => {
    folder = temporaryFolder();
    lock = path.join(folder, 'x.db.lock');
  });
  afterEach(() => {
    for (const mutex of open.splice(0)) mutex.close();
    fs.rmSync(folder, { recursive: true });
  });

  const make = (owner = currentOwner()) => {
    const mutex = new FileMutex(lock, owner);
    open.push(mutex);
    return mutex;
  };
  /** The lock as a process leaves it that was killed while it held it. */
  const leave = (owner: RunOwner) => fs.writeFileSync(lock, JSON.stringify(owner));

  it('is held by one at a time and says by whom', () => {
    const owner = currentOwner();
    const [first, second] = [make(owner), make()];
    assert.equal(first.acquire(0), true);
    assert.equal(second.acquire(BRIEFLY_MS), false);
    assert.deepEqual(second.holder(), owner);
    first.release();
    assert.equal(second.acquire(0), true);
    assert.equal(first.held, false);
  });

  it('leaves nothing in the folder', () => {
    const mutex = make();
    mutex.acquire(0);
    mutex.close();
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('takes the lock of a dead owner, and tidies up after it', () => {
    const dead = deadOwner();
    leave(dead);
    fs.writeFileSync(`${lock}.${dead.pid}.${dead.nonce}`, JSON.stringify(dead));
    const mutex = make();
    assert.equal(mutex.acquire(BRIEFLY_MS), true);
    mutex.close();
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('takes it too when another breaker died half-way', () => {
    const [dead, breaker] = [deadOwner(), deadOwner()];
    leave(dead);
    fs.writeFileSync(`${lock}.break.${dead.nonce}`, JSON.stringify(breaker));
    assert.equal(make().acquire(BRIEFLY_MS), true);
  });

  it('takes the lock of an earlier boot of this machine', function () {
    const [machine, boot, namespace] = currentOwner().host.split('/');
    if (!boot) this.skip();
    leave({ ...currentOwner(), host: `${machine}/another-boot/${namespace}` });
    assert.equal(make().acquire(BRIEFLY_MS), true);
  });

  it('takes the lock of a process whose number was given out again', function () {
    if (currentOwner().startTime === '') this.skip();
    leave({ ...currentOwner(), startTime: '1' });
    assert.equal(make().acquire(BRIEFLY_MS), true);
  });

  it('never takes the lock of a successor, however slow it is in breaking a dead one', () => {
    const [dead, successor] = [deadOwner(), currentOwner()];
    leave(dead);
    const mutex = make();
    const link = fs.linkSync;
    fs.linkSync = (from, to) => {
      link(from, to);
      // While we win the right to break, another breaker has done it and a third process has the lock.
      if (String(to).includes('.break.')) leave(successor);
    };
    try {
      assert.equal(mutex.acquire(BRIEFLY_MS), false);
    } finally {
      fs.linkSync = link;
    }
    assert.deepEqual(JSON.parse(fs.readFileSync(lock, 'utf8')), successor);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.includes('.break.')),
      [],
    );
  });

  it('waits for a living breaker', () => {
    const dead = deadOwner();
    leave(dead);
    fs.writeFileSync(`${lock}.break.${dead.nonce}`, JSON.stringify(currentOwner()));
    assert.equal(make().acquire(BRIEFLY_MS), false);
    assert.equal(JSON.parse(fs.readFileSync(lock, 'utf8')).nonce, dead.nonce);
  });

  for (const [name, content] of [
    ['of another machine', JSON.stringify({ ...currentOwner(), host: 'elsewhere.0/boot/1' })],
    ['that cannot be read', '{"pid":'],
    ['of an unknown kind', '{"pid":1}'],
    ['that is empty', ''],
  ] as const) {
    it(`never breaks a lock ${name}`, () => {
      fs.writeFileSync(lock, content);
      assert.equal(make().acquire(BRIEFLY_MS), false);
      assert.equal(fs.readFileSync(lock, 'utf8'), content);
    });
  }

  it('works where files cannot have two names', () => {
    const link = fs.linkSync;
    fs.linkSync = () => {
      throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
    };
    try {
      const [first, second] = [make(), make()];
      assert.equal(first.acquire(0), true);
      assert.equal(second.acquire(BRIEFLY_MS), false);
      first.release();
      assert.equal(second.acquire(0), true);
    } finally {
      fs.linkSync = link;
    }
  });

  it('leaves a lock alone that a process without hard links has only half written', () => {
    fs.writeFileSync(lock, '');
    const link = fs.linkSync;
    fs.linkSync = () => {
      throw Object.assign(new Error('operation not supported'), { code: 'ENOTSUP' });
    };
    try {
      assert.equal(make().acquire(BRIEFLY_MS), false);
    } finally {
      fs.linkSync = link;
    }
    assert.equal(fs.readFileSync(lock, 'utf8'), '');
  });

  it('knows all who have announced themselves', () => {
    const [first, dead] = [currentOwner(), deadOwner()];
    make(first);
    fs.writeFileSync(`${lock}.${dead.pid}.${dead.nonce}`, JSON.stringify(dead));
    fs.writeFileSync(`${lock}.1.x`, 'unreadable');
    const byNonce = (a: RunOwner, b: RunOwner) => a.nonce.localeCompare(b.nonce);
    assert.deepEqual(ownersAt(lock).sort(byNonce), [first, dead].sort(byNonce));
  });

  it('survives that somebody tidies the folder', () => {
    const mutex = make();
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    assert.equal(mutex.acquire(0), true);
  });

  it('can be released although a person has deleted it', () => {
    const mutex = make();
    mutex.acquire(0);
    fs.rmSync(lock);
    mutex.release();
    assert.equal(mutex.acquire(0), true);
  });

  it('throws where the folder cannot be written', () => {
    assert.throws(() => new FileMutex(path.join(folder, 'missing', 'x.lock'), currentOwner()), { code: 'ENOENT' });
  });

  describe('releaseAbandonedLock', () => {
    it('frees the lock of a thread that ended, and no other', () => {
      const owner = currentOwner();
      const abandoned = new FileMutex(lock, owner);
      abandoned.acquire(0);
      releaseAbandonedLock(lock, currentOwner());
      assert.equal(fs.existsSync(lock), true);
      releaseAbandonedLock(lock, owner);
      assert.deepEqual(fs.readdirSync(folder), []);
    });
  });
});
