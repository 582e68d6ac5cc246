import type * as vscode from 'vscode';
import { type Lazy, lazy } from '../host/lazy.ts';
import type { Dashboard, DashboardParts } from './dashboard.ts';

/** The Dashboard of a window, loaded when it is first opened. */
export function lazyDashboard(context: vscode.ExtensionContext, parts: DashboardParts): Lazy<Dashboard> {
  return lazy(async () => {
    const { Dashboard } = await import('./dashboard.ts');
    const dashboard = new Dashboard(context, parts);
    context.subscriptions.push(dashboard);
    return dashboard;
  });
}
