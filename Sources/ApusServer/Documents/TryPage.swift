#if Server
/// The page to try models by hand: it asks the server for its models and sends what is filled in. It loads nothing from
/// anywhere else.
enum TryPage {
    static let html = #"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Try the models</title><link rel="icon" href="data:,">
        <style>
        :root { color-scheme: light dark; --ink: #1b1f24; --dim: #59636e; --line: #d1d9e0; --ground: #fff; --panel: #f6f8fa; --accent: #0b57d0; --bad: #b3261e; --less: #b0540a }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9198a1; --line: #3d444d; --ground: #0d1117; --panel: #161b22; --accent: #7cacf8; --bad: #f2b8b5; --less: #f0a35e } }
        * { box-sizing: border-box } body { margin: 0 auto; padding: 1.5rem; max-width: 62rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground) }
        h1 { font-size: 1.5rem; margin: 0; flex: 1 0 12rem } header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; margin-bottom: 1rem } header div { flex: 0 1 14rem }
        label { display: block; font-size: .85rem; color: var(--dim) } select, input, textarea { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: .4rem .5rem; min-height: 2.5rem }
        #fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .75rem; padding: 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px }
        button { font: inherit; font-weight: 600; padding: .5rem 1.1rem; border: 0; border-radius: 6px; background: var(--accent); color: var(--ground); cursor: pointer } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
        .row { display: flex; gap: 1rem; align-items: center; flex-wrap: wrap; margin: 1rem 0 } .row label { display: flex; gap: .4rem; align-items: center } .row input { width: auto; min-height: 0 } .row label[hidden] { display: none }
        @media (max-width: 40rem) { body { padding: 1rem } h1 { flex-basis: 100% } header div { flex: 1 1 9rem } #fields { grid-template-columns: 1fr 1fr; padding: .75rem } }
        #answer { min-height: 3rem } .big { font-size: 1.6rem; font-weight: 600; overflow-wrap: anywhere } .bad { color: var(--bad) }
        .bar { display: grid; grid-template-columns: minmax(5rem, 10rem) 1fr 4.5rem; gap: .6rem; align-items: center; margin: .25rem 0 } .bar i { height: .7rem; border-radius: 3px; background: var(--accent); min-width: 1px } .bar b { font-weight: 400; text-align: right; font-variant-numeric: tabular-nums } .bar span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
        .why u { display: flex; text-decoration: none; background: linear-gradient(var(--line), var(--line)) center / 1px 100% no-repeat } .why i.less { background: var(--less) } #answer h2 { margin-top: 1.2rem }
        pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem } h2 { font-size: 1rem; margin: 1.5rem 0 .4rem } footer { color: var(--dim); font-size: .85rem; margin-top: 2rem } a { color: var(--accent) }
        </style></head><body>
        <header><h1>Try the models</h1><div><label for="model">Model</label><select id="model"></select></div>
        <div><label for="token">Token, if needed</label><input id="token" type="password" autocomplete="off"></div></header>
        <form id="form"><p id="about"></p><div id="fields"></div>
        <div class="row"><button>Predict</button><label><input type="checkbox" id="wish" checked>probabilities</label><label><input type="checkbox" id="why">what each column adds</label></div></form>
        <section id="answer" aria-live="polite"></section>
        <h2>The same request from a terminal</h2><pre id="curl"></pre>
        <footer>Leave a field empty where the value is not known. Every path is described in <a href="/openapi.json">/openapi.json</a>.</footer>
        <script>
        "use strict";
        const at = id => document.getElementById(id);
        const make = (tag, text, name) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (name) e.className = name; return e; };
        let models = [], current = null;
        const headers = () => { const h = {"Content-Type": "application/json"}; if (at("token").value) h.Authorization = "Bearer " + at("token").value; return h; };
        const wrong = text => { at("answer").replaceChildren(make("p", text, "bad")); };
        async function load() {
          try {
            const reply = await fetch("/models", {headers: headers()}); const json = await reply.json();
            if (!reply.ok) return wrong(json.error.message);
            models = json.models; at("answer").replaceChildren();
            at("model").replaceChildren(...models.map(m => { const o = make("option", m.name); o.value = m.name; return o; }));
            choose();
          } catch (error) { wrong("The server does not answer: " + error.message); }
        }
        function choose() {
          current = models.find(m => m.name === at("model").value); if (!current) return;
          at("about").textContent = `${current.kind} predicts ${current.target} (${current.task})`;
          at("wish").parentElement.hidden = !current.classes;
          at("fields").replaceChildren(...current.columns.map((column, place) => {
            const box = make("div"), label = make("label", column.name), list = column.levels && column.levels.length <= 200;
            let input;
            if (column.type === "bool" || list) {
              input = make("select"); const values = column.type === "bool" ? ["true", "false"] : column.levels;
              input.append(...["", ...values].map(v => { const o = make("option", v || "(not known)"); o.value = v; return o; }));
            } else { input = make("input"); if (["double", "int"].includes(column.type)) { input.inputMode = "decimal"; } }
            if (column.typical !== undefined && column.typical !== null) input.value = String(typeof column.typical === "number" ? Number(column.typical.toPrecision(4)) : column.typical);
            input.id = label.htmlFor = "field" + place; input.dataset.place = place; box.append(label, input); return box;
          })); show();
        }
        function body() {
          const data = {};
          for (const input of at("fields").querySelectorAll("[data-place]")) {
            const column = current.columns[input.dataset.place], text = input.value; let value = text;
            if (text === "") value = null; else if (column.type === "bool") value = text === "true";
            else if (["double", "int"].includes(column.type) && text.trim() !== "" && Number.isFinite(Number(text))) value = Number(text);
            data[column.name] = value;
          }
          const wish = current.classes && at("wish").checked; return JSON.stringify(wish ? {data, probabilities: true} : {data});
        }
        const path = () => "/models/" + encodeURIComponent(current.name) + "/predict" + (at("why").checked ? "?explain=shap" : "");
        function reasons(explanation, prediction) {
          const {columns, outputs, base, contributions, unit} = explanation, place = Math.max(0, outputs.indexOf(String(prediction)));
          const parts = columns.map((name, k) => ({name, value: contributions[0][place][k]})).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
          const top = Math.abs(parts[0]?.value) || 1, text = value => (value > 0 ? "+" : "") + Number(value.toPrecision(3));
          const nodes = [make("h2", `What each column adds (${unit === "logOdds" ? "log-odds" : unit}${current.classes ? " of " + outputs[place] : ""}, ${Number(base[0][place].toPrecision(3))} without any)`)];
          for (const {name, value} of parts.slice(0, 12)) {
            const row = make("div", undefined, "bar why"), track = make("u"), bar = make("i", undefined, value < 0 ? "less" : ""), size = 50 * Math.abs(value) / top;
            bar.style.width = size + "%"; bar.style.marginLeft = (value < 0 ? 50 - size : 50) + "%"; track.append(bar);
            const label = make("span", name); label.title = name; row.append(label, track, make("b", text(value))); nodes.push(row);
          }
          if (parts.length > 12) nodes.push(make("label", `and ${parts.length - 12} columns that add less`));
          return nodes;
        }
        function show() { if (current) at("curl").textContent = `curl '${location.origin}${path()}' -H 'Content-Type: application/json' \\\n  -d '${body().replaceAll("'", "'\\''")}'`; }
        async function ask(event) {
          event.preventDefault(); if (!current) return; show();
          try {
            let reply = await fetch(path(), {method: "POST", headers: headers(), body: body()}), json = await reply.json();
            if (!reply.ok && json.error.code === "noProbabilities") { at("wish").checked = false; reply = await fetch(path(), {method: "POST", headers: headers(), body: body()}); json = await reply.json(); show(); }
            if (!reply.ok) return wrong(json.error.message);
            const shown = json.explanation ? reasons(json.explanation, json.prediction[0]) : [];
            const parts = [make("label", current.target), make("div", String(json.prediction[0]), "big")];
            if (json.probabilities) json.classes.forEach((name, place) => {
              const share = json.probabilities[0][place], row = make("div", undefined, "bar"), bar = make("i");
              bar.style.width = 100 * share + "%"; row.append(make("span", String(name)), bar, make("b", (100 * share).toFixed(1) + " %")); parts.push(row);
            });
            at("answer").replaceChildren(...parts, ...shown);
          } catch (error) { wrong("The server does not answer: " + error.message); }
        }
        at("model").onchange = choose; at("form").onsubmit = ask; at("form").oninput = show; at("token").onchange = load; load();
        </script></body></html>
        """#
}
#endif
