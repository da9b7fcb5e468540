import assert from 'node:assert/strict';
import type { MarkdownString } from 'vscode';
import { appendName } from '../../../../src/ui/statusBar/markdown';

/** Fake of VS Code's MarkdownString: `appendText` escapes as that of VS Code does (htmlContent.ts, iconLabels.ts). */
class FakeMarkdown {
  value = '';
  appendText(text: string): void {
    this.value += text
      // Of `escapeIcons`: in a text with icons the backslash before one is not shown.
      .replace(/\$\(([a-z0-9-]+(?:~[a-z]+)?)\)/gi, '\\$&')
      .replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&')
      .replace(/([ \t]+)/g, (_match, blanks: string) => '&nbsp;'.repeat(blanks.length))
      .replace(/>/gm, '\\>')
      .replace(/\n/g, '\n\n');
  }
}

function written(name: string, before = ''): string {
  const to = new FakeMarkdown();
  to.value = before;
  appendName(to as unknown as MarkdownString, name);
  return to.value;
}

/** The text that Markdown shows for what was written: escapes and entities undone. */
function shown(markdown: string): string {
  return markdown
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
    .replace(/\\(\$\([\w~-]+\))/g, '$1');
}

/** What is left when every escaped character and our own entities are taken out: all of it is syntax. */
function unescaped(markdown: string): string {
  return markdown.replace(/\\[!-/:-@[-`{-~]/g, '').replace(/&(nbsp|lt|amp);/g, '');
}

const HOSTILE = [
  '**b** $(zap) [x](command:y) <img src=x>',
  '[a](command:localKafka.stop "t")',
  '<script>alert(1)</script>',
  'a | b | c',
  '&lt;b&gt; &#36;(zap) &nbsp;',
  'http://evil.example/ www.evil.example me@evil.example',
  '# heading\n- list\n> quote\n```js\n~~~\n![i](http://x/y.png)',
  '`code` _it_ ~~no~~ \\*not\\*',
  '__proto__',
  'constructor',
  '$(loading~spin)',
];

describe('a name in the tooltip of the status bar', () => {
  for (const name of HOSTILE) {
    it(`is text: ${JSON.stringify(name)}`, () => {
      const markdown = written(name);
      assert.doesNotMatch(unescaped(markdown), /[*`[\]()<|:@.&#!~\\]/, markdown);
      // A line break is written as \x0a, so that no name can begin a block.
      assert.ok(!markdown.includes('\n'), markdown);
      assert.equal(shown(markdown), name.replaceAll('\n', '\\x0a'));
    });
  }

  it('leaves what stands before it', () => {
    assert.equal(written('a|b', '| $(pass) '), '| $(pass) a\\|b');
  });

  it('can not forge an ampersand by the character that stands for one', () => {
    assert.equal(written('\ue000lt;'), '\ufffdlt;');
  });

  it('shows what turns the direction of a text', () => {
    assert.match(shown(written('a\u202eb')), /^a\\u202eb$/);
  });
});
