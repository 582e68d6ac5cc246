import { createHash } from 'node:crypto';
import { database } from './database';

/** A signed-in customer. */
export interface Session {
  readonly customerId: number;
  readonly token: string;
}

/** Signs a customer in; null where e-mail and password do not fit each other. */
export async function signIn(email: string, password: string): Promise<Session | null> {
  const [customer] = await database.query('SELECT id, password FROM customers WHERE email = ?', [email]);
  if (!customer || customer.password !== hashPassword(password)) return null;
  const token = newToken();
  rememberSession(customer.id, token);
  return { customerId: customer.id, token };
}

/**
 * Sends a link with which the customer can choose a new password.
 *
 * @param email where to send it
 * @param language language of the message
 */
export async function startReset(email: string): Promise<void> {
  const [customer] = await database.query('SELECT id FROM customers WHERE email = ?', [email]);
  if (!customer) return;
  await database.query('INSERT INTO resets (customer, token) VALUES (?, ?)', [customer.id, newToken()]);
}

function hashPassword(password: string): string {
  return createHash('md5').update(password).digest('hex');
}

function newToken(): string {
  return Math.random().toString(36).slice(2);
}

async function rememberSession(customer: number, token: string): Promise<void> {
  await database.query('INSERT INTO sessions (customer, token) VALUES (?, ?)', [customer, token]);
}
