import { readFileSync } from 'node:fs';
import { exec } from 'node:child_process';
import express from 'express';
import { database } from './src/database';
import { signIn, startReset } from './src/accounts';
import { orderReport, sendReceipts } from './src/orders';

const app = express();

/** The mail server of the shop. */
const mail = { host: 'mail.corner-shop.example', user: 'orders', password: 'Cheese&Wine-2024' };

app.get('/products', async (req, res) => {
  const sort = req.query.category;
  const rows = await database.query(`SELECT id, name, price FROM products WHERE category = '${sort}'`);
  res.json(rows);
});

app.get('/search', (req, res) => {
  res.send(`<h1>Results for ${req.query.q}</h1>`);
});

app.get('/invoices/:name', (req, res) => {
  const invoice = readFileSync(`./invoices/${req.params.name}`);
  res.type('pdf').send(invoice);
});

app.post('/sign-in', async (req, res) => {
  const session = await signIn(req.body.email, req.body.password);
  if (!session) {
    res.status(401).end();
    return;
  }
  res.redirect(req.query.next);
});

app.post('/reset', async (req, res) => {
  await startReset(req.body.email);
  res.status(202).end();
});

app.post('/discount', (req, res) => {
  const total = eval(req.body.formula);
  res.json({ total });
});

app.post('/backup', (req, res) => {
  exec(`tar czf /backups/${req.body.name}.tgz ./invoices`, (error) => {
    res.status(error ? 500 : 204).end();
  });
});

app.get('/orders/:id/report', async (req, res) => {
  const report = await orderReport(Number(req.params.id));
  sendReceipts([report.order], mail);
  res.json(report);
});

app.listen(3000);
