import assert from 'node:assert/strict';
import { createStderrLogger, type LogLevel } from '../../../src/adapters/stderr-logger.ts';

function linesAt(level?: LogLevel): string[] {
  const lines: string[] = [];
  const logger = createStderrLogger({ ...(level ? { level } : {}), write: (line) => lines.push(line) });
  logger.debug('d');
  logger.info('i', {});
  logger.warn('w', { tries: 2 });
  logger.error('e\n\u001b[31mred');
  return lines;
}

describe('createStderrLogger', () => {
  it('writes one line per message, with its fields and without control characters', () => {
    assert.deepEqual(linesAt('debug'), ['debug: d\n', 'info: i\n', 'warn: w {"tries":2}\n', 'error: e [31mred\n']);
  });

  it('drops what is below its level, by default everything below warnings', () => {
    assert.deepEqual([linesAt().length, linesAt('error').length, linesAt('silent').length], [2, 1, 0]);
  });
});
