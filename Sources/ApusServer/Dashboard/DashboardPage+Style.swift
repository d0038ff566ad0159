#if Server
extension DashboardPage {
    /// Colours of Apus' reports and charts, in both themes; wide screens get two columns, phones one.
    static let style = """
        :root { color-scheme: light dark; --paper: #f5f7f9; --card: #ffffff; --ink: #1c2126; --quiet: #59636e;
          --line: #dfe4e9; --grid: #e6e8eb; --accent: #0b62a8; --good: #00694f; --warn: #9a3300; --bad: #b3261e;
          --good-soft: #e0f3ec; --bad-soft: #fdeae8; --then: #a3adb8;
          --s0: #0a5ea8; --s1: #bd3f00; --s2: #007f62; --s3: #cc66b8; --s4: #a89200; --s5: #2b9af0; --s6: #565a63;
          --s7: #6a2018; }
        @media (prefers-color-scheme: dark) { :root { --paper: #0f1216; --card: #181c22; --ink: #e6eaee; --quiet: #9aa5b1;
          --line: #2b323a; --grid: #2a2f37; --accent: #72b7f2; --good: #5ddcb0; --warn: #f2955c; --bad: #ff8a80;
          --good-soft: #10312a; --bad-soft: #3d1f1d; --then: #5f6b78;
          --s0: #3f8ee0; --s1: #ee7230; --s2: #35d6a4; --s3: #d98cc4; --s4: #f2d43c; --s5: #b4daff; --s6: #7f8692;
          --s7: #d0786c; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system,
          "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; }
        header, main { max-width: 75rem; margin: 0 auto; padding: 0 1.25rem; }
        header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1rem; padding-top: 1.4rem; }
        main { padding-bottom: 4rem; } main:focus { outline: none; }
        h1 { font-size: 1.5rem; margin: 0; letter-spacing: -.02em; } h1 span { color: var(--quiet); font-weight: 400; }
        h2 { font-size: 1.12rem; margin: 2.2rem 0 .7rem; letter-spacing: -.01em; }
        h3 { font-size: .95rem; margin: 0 0 .5rem; }
        p { margin: 0; } .quiet { color: var(--quiet); font-size: .88rem; }
        .skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--card);
          padding: .4rem .8rem; border-radius: 6px; z-index: 2; }
        a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        .pill { font-size: .85rem; font-weight: 600; padding: .16rem .75rem; border-radius: 99px; background: var(--line); }
        .pill.good { background: var(--good-soft); color: var(--good); }
        .pill.bad { background: var(--bad-soft); color: var(--bad); }
        .card, figure, .tiles div, details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.2rem, 1fr)); gap: .75rem;
          margin: 1.2rem 0 0; }
        .tiles div { padding: .7rem 1rem; } .tiles dt { color: var(--quiet); font-size: .82rem; }
        .tiles dd { margin: 0; font-size: 1.45rem; font-weight: 650; letter-spacing: -.02em; }
        .tiles dd small { display: block; font-size: .82rem; font-weight: 400; color: var(--quiet); letter-spacing: 0; }
        #window { margin-bottom: .7rem; } .wide { grid-column: 1 / -1; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .9rem; }
        figure { margin: 0; padding: .8rem 1rem .7rem; min-width: 0; }
        figcaption { font-weight: 600; font-size: .92rem; }
        svg { display: block; width: 100%; overflow: visible; } svg text { fill: var(--quiet); font-size: 11px; }
        .legend { display: flex; flex-wrap: wrap; gap: .15rem 1rem; font-size: .82rem; color: var(--quiet);
          margin: .15rem 0 .45rem; list-style: none; padding: 0; min-height: 1.3em; }
        .legend i { display: inline-block; width: .95rem; height: .2rem; border-radius: 2px; vertical-align: .25em;
          margin-right: .4rem; } .legend b { color: var(--ink); font-weight: 600; }
        nav { display: flex; flex-wrap: wrap; gap: .4rem; margin: 2.2rem 0 -1rem; }
        button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          padding: .4rem .9rem; cursor: pointer; min-height: 2.4rem; }
        button[aria-selected=true] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
        input { font: inherit; padding: .4rem .7rem; border: 1px solid var(--line); border-radius: 8px; min-width: 16rem;
          background: var(--card); color: inherit; min-height: 2.4rem; }
        form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin-top: 3rem; }
        form[hidden], div[hidden] { display: none; }
        .scroll { overflow-x: auto; margin-top: .9rem; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        caption { text-align: left; color: var(--quiet); font-size: .85rem; padding-bottom: .3rem; }
        .scroll caption span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 4.5rem); }
        th { text-align: left; color: var(--quiet); font-weight: 600; font-size: .82rem; white-space: nowrap; }
        th, td { padding: .42rem .8rem .42rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
        td.number, th.number { text-align: right; white-space: nowrap; } tr:last-child td { border-bottom: 0; }
        .card { padding: .8rem 1rem; } .alarm + .alarm, details + details { margin-top: .5rem; }
        .alarm { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline; border-left: 4px solid var(--line); }
        .alarm.firing { border-left-color: var(--bad); background: var(--bad-soft); }
        .alarm strong { overflow-wrap: anywhere; } .alarm .when { margin-left: auto; }
        .columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .75rem;
          margin-top: .9rem; }
        .column { display: grid; gap: .35rem; align-content: start; } .column.drifted { border-color: var(--bad); }
        .column h3 { display: flex; justify-content: space-between; gap: .6rem; margin: 0; overflow-wrap: anywhere; }
        .tag { font-size: .78rem; font-weight: 600; white-space: nowrap; color: var(--quiet); }
        .tag.good { color: var(--good); } .tag.warn { color: var(--warn); } .tag.bad { color: var(--bad); }
        .column dl { display: flex; flex-wrap: wrap; gap: 0 .9rem; margin: 0; font-size: .82rem; }
        .column dl div { display: flex; gap: .35rem; } dt { color: var(--quiet); } dd { margin: 0; }
        .group { margin-top: .9rem; } .gaps { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; margin: 0 0 .8rem;
          font-size: .88rem; } .gaps div { display: flex; gap: .5rem; flex-wrap: wrap; }
        details { padding: 0; overflow: hidden; }
        summary { cursor: pointer; display: grid; grid-template-columns: 5.4rem minmax(7rem, 1.2fr) minmax(6rem, 1fr) 5.5rem 2fr;
          gap: .2rem .9rem; padding: .5rem 1rem; align-items: baseline; list-style: none; }
        summary::-webkit-details-marker { display: none; }
        summary:hover { background: var(--paper); } summary strong { overflow-wrap: anywhere; }
        summary .id { color: var(--quiet); font-size: .82rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
          text-align: right; }
        .inside { border-top: 1px solid var(--line); padding: .8rem 1rem; display: grid; gap: 1rem;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
        .inside td { overflow-wrap: anywhere; padding-top: .25rem; padding-bottom: .25rem; }
        @media (max-width: 40rem) { header, main { padding-left: .9rem; padding-right: .9rem; }
          .tiles { grid-template-columns: 1fr 1fr; } .tiles dd { font-size: 1.25rem; }
          summary { grid-template-columns: 1fr auto; } summary .id { text-align: left; } .alarm .when { margin-left: 0; }
          figure { padding: .7rem .8rem .6rem; } }
        @media (prefers-reduced-motion: no-preference) { .pill.bad::before { content: ""; display: inline-block;
          width: .55em; height: .55em; border-radius: 50%; background: currentColor; margin-right: .5em;
          animation: beat 1.6s infinite; } @keyframes beat { 50% { opacity: .25; } } }
        """
}
#endif
