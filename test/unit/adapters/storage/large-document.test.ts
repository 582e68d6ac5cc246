import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { partsOf } from '../../../../src/core/documents/document-rules.ts';
import { openFile, temporaryFolder } from '../../../contract/storage-implementations.ts';

/** Enough to be read in many parts and to be over every limit of what is looked at whole; 50 MB take minutes on a busy machine. */
const MEGABYTES = 6;
const PART = 512 * 1024;

describe('a large document', () => {
  it('is listed, found and read without being whole anywhere but in the storage', async () => {
    const folder = temporaryFolder();
    const storage = await openFile(path.join(folder, 'large.db'));
    try {
      const { documents } = storage.stores;
      const line = 'The heron fishes by the river, again and again.\n';
      const content = `${line.repeat((MEGABYTES * 1_000_000) / line.length)}A needle lies at the end.`;
      const id = await documents.save({ taskId: '', title: 'Large', content, format: 'text' });
      const { items } = await documents.list({ limit: 9, search: 'needle end' });
      assert.deepEqual([items[0]?.id, items[0]?.size], [id, Buffer.byteLength(content)]);
      assert.match(items[0]?.snippet?.text ?? '', /A needle lies at the end\.$/);
      const first = (await documents.read(id)) ?? assert.fail();
      assert.ok(first.content.length < content.length / 2 && first.next !== null);
      const parts: string[] = [];
      for await (const part of partsOf(documents, id, undefined, PART)) parts.push(part.content);
      assert.ok(parts.every((part) => part.length <= PART));
      assert.equal(parts.join(''), content);
    } finally {
      await storage.close();
      fs.rmSync(folder, { recursive: true });
    }
  });
});
