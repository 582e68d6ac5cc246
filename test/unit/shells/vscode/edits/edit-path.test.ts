import assert from 'node:assert/strict';
import { editAddress, parseEditAddress } from '../../../../../src/shells/vscode/edits/edit-path.ts';

const RUN = '01JD0000000000000000000000';

describe('addresses of proposed texts', () => {
  it('are read as they were written', () => {
    for (const file of ['src/a.ts', 'Untitled-1', 'a b/ü#%?.py', 'line\nbreak.ts']) {
      for (const side of ['proposed', 'base'] as const) {
        const { path, query } = editAddress({ runId: RUN, file, side });
        assert.deepEqual(parseEditAddress(path, query), { runId: RUN, file, side });
      }
    }
  });

  it('have the file’s own path, which tells the language', () => {
    assert.equal(editAddress({ runId: RUN, file: 'src/a.ts', side: 'base' }).path, '/src/a.ts');
  });

  it('are not read where they name no run or no file', () => {
    for (const [path, query] of [
      ['', RUN],
      ['/', RUN],
      ['/a.ts', ''],
      ['/a.ts', RUN.toLowerCase()],
      ['/a.ts', `${RUN}&other`],
      ['/a.ts', `${RUN}0`],
    ] as const) {
      assert.equal(parseEditAddress(path, query), null, `${path}?${query}`);
    }
  });
});
