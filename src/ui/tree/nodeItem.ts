import * as vscode from 'vscode';
import { plainText } from '../text';
import { idOf, type TreeNode } from './nodes';

/** What a row shows. Label, description and tooltip are taken as text, whatever they hold. */
export interface ItemLook {
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon: string;
  /** Id of the theme's colour for the icon. */
  readonly color?: string | undefined;
  /** Lines; undefined where it is asked for later, or the label says it all. */
  readonly tooltip?: readonly string[] | undefined;
  /** What a screen reader says. */
  readonly spoken: string;
  /** For the `viewItem` of menus. */
  readonly context: string;
  /** Whether there is something below it, and whether that is shown at first; nothing where left out. */
  readonly children?: 'collapsed' | 'expanded' | undefined;
  readonly command?: vscode.Command | undefined;
}

/** The row of a node: no Markdown, no icons out of names, an id that holds no state. */
export function nodeItem(node: TreeNode, look: ItemLook): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const state = look.children === undefined ? None : look.children === 'expanded' ? Expanded : Collapsed;
  const item = new vscode.TreeItem(plainText(look.label), state);
  item.id = idOf(node);
  item.iconPath =
    look.color === undefined
      ? new vscode.ThemeIcon(look.icon)
      : new vscode.ThemeIcon(look.icon, new vscode.ThemeColor(look.color));
  item.contextValue = look.context;
  item.accessibilityInformation = { label: plainText(look.spoken) };
  if (look.description !== undefined) item.description = plainText(look.description);
  if (look.tooltip !== undefined) item.tooltip = tooltipText(look.tooltip);
  if (look.command !== undefined) item.command = look.command;
  return item;
}

/** A tooltip of several lines, each of them as text. */
export function tooltipText(lines: readonly string[]): string {
  return lines.map(plainText).join('\n');
}

/** Colours of the theme that tell of states. */
export const stateColors = {
  up: 'testing.iconPassed',
  warning: 'list.warningForeground',
  error: 'list.errorForeground',
} as const;
