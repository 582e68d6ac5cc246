import type { AuditEntry, AuditQuery } from '../../../core/audit/audit-log.ts';
import type { Json } from '../../../core/json.ts';
import type { Page } from '../../../core/ports.ts';
import type { SqlValue } from '../sqlite/connection.ts';
import type { OperationContext } from './operation.ts';
import { integer, json, text } from './row.ts';

export function recordAudit({ database }: OperationContext, action: string, subject: string, detail: Json): void {
  database.run('INSERT INTO audit (action, subject, detail, at) VALUES (?, ?, ?, ?)', [
    ...[action, subject, JSON.stringify(detail)],
    new Date().toISOString(),
  ]);
}

export function hasAudit({ database }: OperationContext, action: string, subject: string): boolean {
  return database.get('SELECT 1 FROM audit WHERE action = ? AND subject = ? LIMIT 1', [action, subject]) !== null;
}

export function readAudit({ database }: OperationContext, query: AuditQuery): Page<AuditEntry> {
  const { action, search, since, limit, offset = 0 } = query;
  const conditions: [string, readonly SqlValue[]][] = [];
  if (action !== undefined) conditions.push(['action = ?', [action]]);
  if (since !== undefined) conditions.push(['at >= ?', [since]]);
  if (search !== undefined) {
    const words = search.toLowerCase();
    conditions.push(['(instr(lower(subject), ?) > 0 OR instr(lower(detail), ?) > 0)', [words, words]]);
  }
  const where = ['1', ...conditions.map(([sql]) => sql)].join(' AND ');
  const values = conditions.flatMap(([, all]) => all);
  const rows = database.all(`SELECT * FROM audit WHERE ${where} ORDER BY id DESC LIMIT ? OFFSET ?`, [
    ...[...values, limit, offset],
  ]);
  const total = database.get(`SELECT count(*) AS total FROM audit WHERE ${where}`, values);
  return {
    items: rows.map((row) => ({
      id: integer(row, 'id'),
      at: text(row, 'at'),
      action: text(row, 'action'),
      subject: text(row, 'subject'),
      detail: json(row, 'detail'),
    })),
    total: integer(total ?? {}, 'total'),
  };
}
