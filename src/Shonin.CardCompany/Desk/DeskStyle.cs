namespace Shonin.CardCompany.Desk;

/// <summary>The desk's one style sheet: system fonts, light and dark, one column that a phone can hold.</summary>
internal static class DeskStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --ink: light-dark(#1a1a1c, #f1f1f4); --paper: light-dark(#fff, #1a1a1c); --line: light-dark(#949494, #767676);
          --accent: light-dark(#0017c1, #9db7f9); --accent-ink: light-dark(#fff, #1a1a1c); --alarm: light-dark(#ce0000, #ff9696); }
        * { box-sizing: border-box; }
        body { margin: 0; font: 1rem/1.7 system-ui, "Noto Sans JP", sans-serif; color: var(--ink); background: var(--paper); }
        header, main { max-inline-size: 48rem; margin-inline: auto; padding: 1rem; }
        header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; border-block-end: 1px solid var(--line); }
        h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1.5rem; margin: 0 0 .5rem; } h3 { font-size: 1.125rem; }
        a { color: var(--accent); }
        form { margin-block: 1rem; } label { font-weight: 600; display: block; } .hint { margin: 0 0 .5rem; }
        input:not([type=hidden]) { font: inherit; inline-size: 100%; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; background: inherit; color: inherit; }
        button { font: inherit; font-weight: 600; margin-block-start: .75rem; padding: .75rem 1.25rem; min-block-size: 3rem; border: 1px solid var(--accent); border-radius: .5rem;
          background: var(--accent); color: var(--accent-ink); cursor: pointer; }
        button.quiet { background: transparent; color: var(--accent); } button.final { background: transparent; color: var(--alarm); border: 2px solid var(--alarm); }
        :focus-visible { outline: 4px solid var(--ink); outline-offset: 2px; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { font-weight: 600; } dd { margin: 0; }
        .problem { border: 2px solid var(--alarm); border-radius: .5rem; padding: .75rem; }
        .history { list-style: none; padding: 0; } .history li { border-block-start: 1px solid var(--line); padding-block: .5rem; overflow-wrap: anywhere; }
        .history time { display: block; font-variant-numeric: tabular-nums; }
        """;
}
