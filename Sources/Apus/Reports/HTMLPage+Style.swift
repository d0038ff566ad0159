extension HTMLPage {
    /// The style sheet of every page: one column of readable width, system fonts, colours with a contrast of at least
    /// 4.5 : 1 in both themes.
    static let style = """
        :root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2126; --quiet: #59636e; --line: #d5dae0;
          --shade: #f4f6f8; --accent: #0b62a8; --note: #fdf4dc;
          --keyword: #9b2393; --text: #a31515; --number: #1c50a8; --type: #0b6e75; --comment: #5d6b78; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e4e8ec; --quiet: #9aa5b1; --line: #343b43;
          --shade: #1e2328; --accent: #72b7f2; --note: #332b15;
          --keyword: #ff7ab2; --text: #ff8f80; --number: #d9c97c; --type: #78dce8; --comment: #95a3b0; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
        h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.02em; }
        h2 { font-size: 1.4rem; line-height: 1.3; margin: 3rem 0 .8rem; padding-top: .8rem; border-top: 1px solid var(--line);
          letter-spacing: -.01em; }
        h3 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
        p, ul { max-width: 46rem; } .lead { color: var(--quiet); font-size: 1.08rem; margin: 0; }
        a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        nav ol { columns: 2; column-gap: 2rem; padding: 1rem 1rem 1rem 2.4rem; background: var(--shade); border-radius: 8px;
          margin: 1.6rem 0 0; }
        nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
        .tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.4rem 0; }
        .tiles div { background: var(--shade); border-radius: 8px; padding: .7rem 1.1rem; min-width: 8.5rem; }
        .tiles dt { color: var(--quiet); font-size: .82rem; } .tiles dd { margin: 0; font-size: 1.5rem; font-weight: 600;
          font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
        .scroll { overflow-x: auto; } figure { margin: 1.6rem 0; } figure svg { display: block; max-width: 100%; height: auto; }
        figcaption, caption { color: var(--quiet); font-size: .88rem; text-align: left; } figcaption { margin-top: .4rem; }
        caption { padding-bottom: .4rem; }
        table { border-collapse: collapse; font-size: .92rem; margin: .8rem 0; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: var(--quiet); border-bottom: 2px solid var(--line); white-space: nowrap; }
        td { border-bottom: 1px solid var(--line); vertical-align: top; } th, td { padding: .35rem 1.1rem .35rem 0; }
        .number { text-align: right; white-space: nowrap; }
        code, pre, samp { font-family: ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", Menlo, monospace; }
        code { font-size: .9em; background: var(--shade); padding: .1em .3em; border-radius: 4px; }
        pre { font-size: .84rem; line-height: 1.5; overflow-x: auto; padding: .9rem 1.1rem; border-radius: 8px;
          background: var(--shade); margin: 1rem 0; }
        .k { color: var(--keyword); } .s { color: var(--text); } .n { color: var(--number); } .t { color: var(--type); }
        .c { color: var(--comment); }
        pre code { background: none; padding: 0; font-size: inherit; } pre.output { background: none;
          border: 1px solid var(--line); }
        .note { background: var(--note); padding: .7rem 1rem; border-radius: 8px; }
        .formula { font-family: Cambria, "STIX Two Text", "Liberation Serif", Georgia, serif; font-size: 1.12rem;
          padding-left: 1.5rem; white-space: pre-line; }
        .count { color: var(--accent); margin-right: .35em; } .remark { color: var(--quiet); font-size: .88rem; }
        .label { background: var(--note); border-radius: 4px; padding: .1em .45em; font-size: .85em; }
        .pages { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem 1.5rem; padding: .6rem 0;
          border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); margin: 0 0 1.6rem; font-size: .92rem; }
        * + .pages { margin: 2.6rem 0 0; } header + .pages { margin: 0; }
        .badge { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: .1em .8em;
          font-size: .82rem; white-space: nowrap; color: var(--quiet); }
        .badge.good { color: var(--type); border-color: currentColor; } .badge.bad { color: var(--text);
          border-color: currentColor; }
        .cards { list-style: none; padding: 0; max-width: none; display: grid; gap: .7rem;
          grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
        .cards li { background: var(--shade); border-radius: 8px; padding: .8rem 1rem; display: flex;
          flex-direction: column; gap: .45rem; align-items: flex-start; }
        .cards a { font-weight: 600; text-decoration: none; } .cards a:hover { text-decoration: underline; }
        .copied { position: relative; } .copied button { position: absolute; top: .5rem; right: .5rem; font: inherit;
          font-size: .76rem; color: var(--quiet); background: var(--paper); border: 1px solid var(--line);
          border-radius: 5px; padding: .15em .7em; cursor: pointer; }
        .live { border: 1px solid var(--accent); border-radius: 8px; padding: .4rem 1.2rem 1rem; margin: 1.6rem 0; }
        .live label { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: center; margin: .5rem 0; }
        .live input { flex: 1 1 12rem; accent-color: var(--accent); } .live output { min-width: 4.5rem;
          font-variant-numeric: tabular-nums; text-align: right; } .live svg { max-width: 100%; height: auto; }
        .steps { max-width: 46rem; padding-left: 1.4rem; } .steps li { margin: .5rem 0; }
        details { border: 1px solid var(--line); border-radius: 8px; padding: .55rem 1rem; margin: .5rem 0; max-width: 46rem; }
        summary { cursor: pointer; font-weight: 600; } details p { margin: .5rem 0 .2rem; }
        @media (min-width: 50rem) { pre.output { white-space: pre-wrap; } }
        @media (max-width: 40rem) { nav ol { columns: 1; } main { padding-top: 1.5rem; } figure svg { min-width: 36rem; } }
        @media print { .pages, .copied button, .live { display: none; } body { font-size: 11pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; }
          figure, table, pre { break-inside: avoid; } details { border: 0; padding: 0; }
          details::details-content { content-visibility: visible; } }
        """
}
