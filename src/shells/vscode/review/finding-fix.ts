import { sha256Hex } from '../../../core/hash.ts';
import type { Finding, LineChange } from '../../../core/results.ts';
import { placeOfFinding } from '../results/place-of-finding.ts';

/**
 * The lines to change so that a finding's proposal is applied to a text; null: there is none, or the code is not what the
 * proposal was made for. That is so where the whole text is the one that was reviewed, and where at least the quoted
 * lines still stand there word for word (another fix in the same file does not spoil this one).
 */
export function fixFor(finding: Finding, text: string): readonly LineChange[] | null {
  const { edit } = finding;
  if (!edit) return null;
  if (sha256Hex(text) === edit.baseHash) return edit.changes;
  const [change] = edit.changes;
  if (!change || edit.changes.length > 1) return null;
  if (change.startLine !== finding.startLine || change.endLine !== finding.endLine) return null;
  const place = placeOfFinding(finding, text);
  if (!place) return null;
  const lines = text.split(/\r\n|\r|\n/).slice(place.start.line, place.end.line + 1);
  if (lines.join('\n').trim() !== finding.quote.trim()) return null;
  return [{ startLine: place.start.line + 1, endLine: place.end.line + 1, newText: change.newText }];
}
