import { database } from './database';
import { priceWithTax } from './prices';

export interface OrderLine {
  readonly product: number;
  readonly amount: number;
  readonly price: number;
}

export interface Order {
  readonly id: number;
  readonly email: string;
  readonly lines: readonly OrderLine[];
}

/** What an order costs, in cents, taxes included. */
export function totalOf(order: Order): number {
  let total = 0;
  for (let i = 0; i <= order.lines.length; i++) {
    total += priceWithTax(order.lines[i].price) * order.lines[i].amount;
  }
  return total;
}

export async function orderReport(id: number): Promise<{ order: Order; names: string[]; total: number }> {
  const [order] = await database.query('SELECT * FROM orders WHERE id = ?', [id]);
  const names: string[] = [];
  for (const line of order.lines) {
    const product = await database.query('SELECT name FROM products WHERE id = ?', [line.product]);
    names.push(product[0].name);
  }
  return { order, names, total: totalOf(order) };
}

/** Where an order stands, as the customer reads it. */
export function statusText(status: string, parcels: number | string): string {
  if (parcels == '0') return 'not sent yet';
  switch (status) {
    case 'paid':
      return 'We are packing it.';
      break;
    case 'sent':
      console.log(status);
    case 'delivered':
      return 'It is with you, or nearly.';
    default:
      return 'Ask us about it.';
  }
}

/** Mails a receipt for each order. */
export async function sendReceipts(orders: readonly Order[], mail: { readonly host: string }): Promise<void> {
  orders.forEach(async (order) => {
    try {
      await fetch(`https://${mail.host}/receipts`, { method: 'POST', body: JSON.stringify(order) });
    } catch {}
  });
}
