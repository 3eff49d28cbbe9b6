/// The console's style sheet: the browser's own fonts and controls, light or dark as the reader has it.
enum ConsoleStyle {
    static let bytes = Array(text.utf8)

    private static let text = """
        :root {
          color-scheme: light dark;
          --text: light-dark(#1c2024, #e6e8eb);
          --faint: light-dark(#60666d, #9aa1a9);
          --line: light-dark(#dfe3e6, #33383d);
          --back: light-dark(#ffffff, #17191c);
          --panel: light-dark(#f6f7f8, #202327);
          --accent: light-dark(#0b5cad, #7ab8ff);
          --good: light-dark(#1a7f37, #57c974);
          --bad: light-dark(#b42318, #ff8a80);
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
        body.busy { cursor: progress; }
        body.busy button { opacity: .5; }
        header { display: flex; gap: 1.5rem; align-items: baseline; padding: .7rem 1.5rem; background: var(--panel);
          border-bottom: 1px solid var(--line); flex-wrap: wrap; }
        nav { display: flex; gap: 1.2rem; flex-wrap: wrap; }
        nav a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
        main { max-width: 84rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
        h1 { font-size: 1.5rem; margin: .5rem 0 1rem; }
        h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
        a { color: var(--accent); }
        .faint, small { color: var(--faint); overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; margin: .8rem 0; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; min-width: 50%; }
        th, td { text-align: left; padding: .35rem 1.6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
          white-space: nowrap; }
        th { color: var(--faint); font-weight: 500; }
        th.right, td.right { text-align: right; }
        td.wrap { white-space: normal; overflow-wrap: anywhere; min-width: 12rem; }
        progress { width: 9rem; height: .7rem; accent-color: var(--accent); }
        .totals { display: flex; gap: 2.5rem; flex-wrap: wrap; margin: 0 0 1rem; }
        .totals dt { color: var(--faint); }
        .totals dd { margin: 0; font-size: 1.7rem; font-variant-numeric: tabular-nums; }
        .totals small { font-size: .9rem; }
        .totals .bad dd { color: var(--bad); }
        form.line { display: flex; gap: .5rem; flex-wrap: wrap; }
        form.line .wide { flex: 1 1 20rem; }
        input, select, button { font: inherit; padding: .35rem .6rem; }
        input[type=checkbox] { padding: 0; }
        button { cursor: pointer; }
        button.bad { color: var(--bad); }
        .buttons { display: flex; gap: .6rem; flex-wrap: wrap; align-items: baseline; }
        .verdict { padding: .6rem .9rem; background: var(--panel); border-left: 4px solid var(--line); overflow-wrap: anywhere; }
        .verdict.good { border-color: var(--good); }
        .verdict.bad { border-color: var(--bad); }
        .hits { padding-left: 1.4rem; }
        .hits h2 { margin: 0; }
        .hits p { margin: .1rem 0; }
        .hits li { margin-bottom: 1.1rem; }
        pre { background: var(--panel); padding: .8rem 1rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
        .stale { opacity: .45; }
        .stale::before { content: "The fleet's state cannot be read at the moment."; color: var(--bad); }

        """
}
