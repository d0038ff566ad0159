#if Server
extension DashboardPage {
    /// Reads the figures every two seconds and draws what has changed.
    static let script = #"""
        let data = null, chosen = null, failures = 0, token = sessionStorage.getItem("apus-token") || "";
        const drawn = {}, open = new Set(), explained = new Map();
        let listed = [];
        const once = (name, value, draw) => {
          const text = JSON.stringify(value);
          if (drawn[name] === text) return;
          drawn[name] = text;
          draw();
        };
        const words = { demographic_parity_difference: "Demographic parity", equalized_odds_difference: "Equalized odds",
          equal_opportunity_difference: "Equal opportunity", accuracy_difference: "Accuracy", accuracy: "Accuracy",
          precision: "Precision", recall: "Recall", f1: "F1", mae: "Mean absolute error", rmse: "Root mean squared error",
          mean_error: "Mean error" };
        const headers = () => token ? { Authorization: "Bearer " + token } : {};

        function tiles() {
          const s = data.server, firing = data.alerts.filter(alert => alert.state === "firing").length;
          const tile = (name, value, extra) => make("div", {}, make("dt", {}, name), make("dd", {}, value, extra ? make("small", {}, " " + extra) : null));
          const list = [
            tile("Requests per second", number(s.rate), s.rowRate > s.rate * 1.05 ? number(s.rowRate) + " rows" : ""),
            tile("Median answer", seconds(s.p50)), tile("99 of 100 within", seconds(s.p99)),
            tile("Refused or failed", percent(s.errorRate || 0)),
            tile("Answered since the start", number(s.requests, 6)),
            tile("Waiting", number(s.queueDepth), "of " + number(s.queueLimit, 6)),
          ];
          if (data.log) list.push(tile(data.log.trouble ? "Log cannot be written" : "In the log", number(data.log.written, 7),
            data.log.lost ? number(data.log.lost, 6) + " lost" : data.log.pending ? "+ " + number(data.log.pending) : "rows"));
          $("tiles").replaceChildren(...list);
          const status = $("status"), text = firing ? firing + (firing === 1 ? " alarm" : " alarms") : "All quiet";
          if (status.textContent !== text) status.textContent = text;
          status.className = "pill " + (firing ? "bad" : "good");
          $("uptime").textContent = "up " + ago(s.uptime) + ", " + clock(data.time);
        }

        function alarms() {
          const row = (alert, isPast) => make("div", { class: "card alarm" + (alert.state === "firing" && !isPast ? " firing" : "") },
            make("strong", {}, alert.alert),
            make("span", {}, `${alert.gauge}${alert.column ? " of " + alert.column : ""}${alert.group ? ", " + alert.group : ""} ${
              alert.state === "resolved" ? "is back at" : "is"} ${number(alert.value)}`,
              known(alert.above) ? ` (limit ${number(alert.above)})` : known(alert.below) ? ` (at least ${number(alert.below)})` : ""),
            make("span", { class: "quiet" }, alert.model ? `${alert.model} ${alert.version}` : "server"),
            make("span", { class: "quiet when" }, (alert.state === "firing" ? "since " : alert.state === "resolved" ? "ended " : "") +
              (alert.since ? clock(alert.since) : "")));
          const firing = data.alerts.filter(alert => alert.state === "firing");
          const past = data.changes.filter(alert => alert.state === "resolved").slice(0, 4);
          const nodes = [...firing.map(alert => row(alert)), ...past.map(alert => row(alert, true))];
          if (!nodes.length) nodes.push(make("p", { class: "quiet" }, data.alerts.length
            ? `${data.alerts.length} watched, none has risen.` : "No rule has met its gauge yet."));
          $("alarm-list").replaceChildren(...nodes);
        }

        function traffic() {
          const h = data.server.history, times = h.map(step => step.time);
          lines($("rate"), "Requests per second", times, [
            { name: "all", values: h.map(step => step.rate), color: "var(--s0)", area: true },
            { name: "refused or failed", values: h.map(step => step.errors), color: "var(--s1)" }], { empty: "Waiting for traffic." });
          lines($("latency"), "Time to answer", times, [
            { name: "median", values: h.map(step => step.p50), color: "var(--s0)" },
            { name: "99 of 100", values: h.map(step => step.p99), color: "var(--s1)" }],
            { format: seconds, least: 1e-4, empty: "Waiting for traffic." });
        }

        function tabs() {
          const key = model => model.name + " " + model.version;
          if (!data.models.some(model => key(model) === chosen)) chosen = data.models.length ? key(data.models[0]) : null;
          once("tabs", [data.models.map(key), chosen], () => {
            const focused = document.activeElement && document.activeElement.dataset.model;
            $("models").replaceChildren(...data.models.map(model => {
              const button = make("button", { role: "tab", "data-model": key(model), "aria-selected": key(model) === chosen,
                "aria-controls": "model", tabindex: key(model) === chosen ? 0 : -1 }, `${model.name} `, make("span", { class: "quiet" }, model.version));
              button.addEventListener("click", () => choose(key(model)));
              button.addEventListener("keydown", event => {
                const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
                if (!step) return;
                event.preventDefault();
                const at = data.models.findIndex(each => key(each) === chosen);
                choose(key(data.models[(at + step + data.models.length) % data.models.length]));
              });
              return button;
            }));
            if (focused) { const next = $("models").querySelector("[aria-selected=true]"); if (next) next.focus(); }
          });
          return data.models.find(model => key(model) === chosen);
        }
        const choose = key => { chosen = key; draw(); };

        function quality(model) {
          $("window").textContent = model.rows < model.needed
            ? `${number(model.rows)} of at least ${number(model.needed)} rows have come; figures follow.`
            : `The last ${number(model.rows, 6)} rows, since ${clock(model.start)}.` +
              (known(model.labelCoverage) && model.outcomes ? ` True labels are known of ${percent(model.labelCoverage)} of them.` : "");
          const p = model.predictions, figure = $("classes");
          if (p && model.rows >= model.needed) {
            figure.replaceChildren(make("figcaption", {}, "What is predicted"), make("ul", { class: "legend" },
              make("li", {}, make("i", { style: "background:var(--then)" }), "when judged"),
              make("li", {}, make("i", { style: "background:var(--s0)" }), "now"),
              make("li", {}, "PSI ", make("b", {}, number(p.psi)))),
              bars(p.labels, p.reference, p.shares, { width: Math.max(240, figure.clientWidth - 32), height: 170, names: true }));
          } else figure.replaceChildren(make("figcaption", {}, "What is predicted"), make("p", { class: "quiet" }, "Nothing to show yet."));
          const h = model.history, first = model.measures[0];
          lines($("quality"), (words[first.name] || first.name) + " over time", h.time, [
            { name: "by outcomes", values: h.realized, color: "var(--s0)" },
            { name: "estimated", values: h.estimated, color: "var(--s2)" }],
            { limit: first.reference, floor: true, empty: "It follows once enough rows, or their true labels, have come." });
          const range = (value, interval) => known(value) ? number(value) + (interval ? ` (${number(interval[0])} – ${number(interval[1])})` : "") : "–";
          const cell = text => make("td", { class: "number" }, text);
          $("measures").replaceChildren(make("table", {},
            make("caption", {}, make("span", {}, `Performance: by the ${number(model.outcomes, 6)} newest outcomes, as estimated from the probabilities, and when the model was judged.`)),
            make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Measure"), ...["By outcomes", "Estimated", "When judged"].map(name =>
              make("th", { scope: "col", class: "number" }, name)))),
            make("tbody", {}, ...model.measures.map(measure => make("tr", {}, make("td", {}, words[measure.name] || measure.name),
              cell(range(measure.realized, measure.interval)), cell(range(measure.estimated, measure.estimatedInterval)),
              cell(number(measure.reference)))))));
        }

        function drift(model) {
          const h = model.history, top = h.psi.slice(0, 5);
          lines($("drift"), "Population stability index, the columns that have moved most", h.time,
            top.map((one, k) => ({ name: one.column, values: one.values, color: `var(--s${k})` })),
            { limit: .2, least: .25, empty: "Columns are compared once enough rows have come." });
          const enough = model.rows >= model.needed;
          $("columns").replaceChildren(make("div", { class: "columns" }, ...model.columns.map(column => {
            const level = !enough || !known(column.psi) ? ["", "waiting"] : column.significant && column.psi > .2 ? ["bad", "shifted"]
              : column.significant && column.psi > .1 ? ["warn", "moving"] : ["good", "stable"];
            const facts = [["PSI", number(column.psi)], [column.test === "ks" ? "KS" : "χ²", number(column.statistic)], ["p", number(column.pValue, 2)]];
            if (known(column.wasserstein)) facts.push(["W₁", number(column.wasserstein, 2) + " sd"]);
            if (column.missing || column.referenceMissing) facts.push(["missing", `${percent(column.missing)} (${percent(column.referenceMissing)})`]);
            if (column.unseen) facts.push(["unseen", percent(column.unseen)]);
            if (known(column.mean) && known(column.referenceMean)) facts.push(["mean", `${number(column.mean)} (${number(column.referenceMean)})`]);
            return make("article", { class: "card column" + (level[0] === "bad" ? " drifted" : "") },
              make("h3", {}, column.name, make("span", { class: "tag " + level[0] }, level[1])),
              bars(column.labels, column.reference, enough ? column.shares : column.shares.map(() => 0)),
              enough ? make("dl", {}, ...facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))) : null);
          })));
        }

        function fairness(model) {
          $("fairness").hidden = !model.fairness.length;
          const h = model.history;
          $("groups").replaceChildren(...model.fairness.map((report, place) => {
            const over = make("figure", { class: "wide" }), width = Math.max(240, Math.min(560, $("main").clientWidth - 72));
            const chart = (title, name, before) => {
              const rows = report.groups.filter(group => group[name] && known(group[name].value)).map(group => ({ name: group.name,
                value: group[name].value, interval: group[name].interval, rows: group[name].rows, before: before ? group[before] : null }));
              return rows.length ? make("figure", {}, make("figcaption", {}, title), dots(rows, width)) : null;
            };
            const node = make("div", { class: "group" }, make("h3", {}, report.column),
              make("div", { class: "gaps" }, ...report.gaps.map(gap => make("div", {}, make("span", { class: "quiet" }, words[gap.name] || gap.name),
                make("b", { class: "tag " + (!gap.significant ? "good" : gap.value > .1 ? "bad" : "warn") }, number(gap.value) +
                  ` (${number(gap.interval[0], 2)} – ${number(gap.interval[1], 2)})`),
                make("span", { class: "quiet" }, `${gap.low} → ${gap.high}`)))),
              make("div", { class: "pair" }, over, chart(`Predicted to be ${model.predictions ? model.predictions.labels[model.predictions.labels.length - 1] : "of the last class"}`,
                "selection", "referenceSelection"),
                chart("Right, where the truth is known", "accuracy", "referencePerformance"),
                chart("True positives found", "truePositives"), chart("False alarms", "falsePositives")));
            const history = h.gaps[place];
            setTimeout(() => lines(over, "Differences between groups", h.time, [
              { name: "demographic parity", values: history.parity, color: "var(--s0)" },
              { name: "equalized odds", values: history.odds, color: "var(--s1)" }], { limit: .1, least: .12 }));
            return node;
          }));
        }

        function explanation(item) {
          const at = item.request + " " + item.model + " " + item.version, found = explained.get(at);
          if (!found) {
            explained.set(at, { state: "asking" });
            fetch("/monitor/explain?" + new URLSearchParams({ request: item.request, model: item.model, version: item.version }), { headers: headers() })
              .then(response => response.json()).then(body => explained.set(at, body.error ? { state: body.error.message } : body))
              .catch(() => explained.set(at, { state: "It could not be asked for." })).finally(() => { drawn.recent = ""; draw(); });
          }
          if (!found || found.state) return make("p", { class: "quiet" }, !found || found.state === "asking" ? "Explaining …" : found.state);
          const parts = found.contributions, top = Math.max(...parts.map(part => Math.abs(part.value)), 1e-12);
          const width = 420, step = 22, shown = parts.slice(0, 10), left = 150, middle = left + (width - left) / 2;
          const picture = svg("svg", { viewBox: `0 0 ${width} ${shown.length * step + 4}`, role: "img",
            "aria-label": shown.map(part => `${part.column}: ${number(part.value)}`).join("; ") });
          picture.append(svg("line", { x1: middle, x2: middle, y1: 0, y2: shown.length * step, stroke: "var(--line)" }));
          shown.forEach((part, k) => {
            const long = Math.abs(part.value) / top * (width - left) * .32, y = k * step;
            picture.append(svg("text", { x: left - 8, y: y + 15, "text-anchor": "end" }, part.column.length > 22 ? part.column.slice(0, 21) + "…" : part.column),
              svg("rect", { x: part.value < 0 ? middle - long : middle, y: y + 4, width: Math.max(1, long), height: step - 8, rx: 2,
                fill: part.value < 0 ? "var(--s1)" : "var(--s0)" }),
              svg("text", { x: part.value < 0 ? middle - long - 5 : middle + long + 5, y: y + 15, "text-anchor": part.value < 0 ? "end" : "start" }, number(part.value)));
          });
          return make("div", {}, make("h3", {}, found.title), picture, make("p", { class: "quiet" },
            `From ${number(found.base)} without knowing the row to ${number(found.output)}; ${found.method}.`));
        }

        function recent() {
          const focused = document.activeElement && document.activeElement.dataset.request;
          $("recent").replaceChildren(...(listed.length ? listed.map(item => {
            const at = item.request + " " + item.time;
            const node = make("details", { open: open.has(at) ? "" : null }, make("summary", { "data-request": at },
              make("span", { class: "quiet" }, clock(item.time)), make("strong", {}, item.prediction),
              make("span", {}, known(item.probability) ? percent(item.probability) : item.rows > 1 ? `${item.rows} rows` : ""),
              make("span", { class: "quiet" }, seconds(item.milliseconds / 1000)), make("span", { class: "id" }, `${item.model} · ${item.request}`)));
            const fill = () => {
              if (node.childElementCount > 1) return;
              const inputs = Object.entries(JSON.parse(item.inputs));
              node.append(make("div", { class: "inside" }, make("table", {}, make("tbody", {}, ...inputs.slice(0, 40).map(([name, value]) =>
                make("tr", {}, make("td", { class: "quiet" }, name), make("td", {}, value === null ? "–" : String(value)))))), explanation(item)));
            };
            if (open.has(at)) fill();
            node.addEventListener("toggle", () => { if (node.open) { open.add(at); fill(); } else open.delete(at); });
            return node;
          }) : [make("p", { class: "quiet" }, "Nothing was predicted yet.")]));
          if (focused) { const node = $("recent").querySelector(`[data-request="${CSS.escape(focused)}"]`); if (node) node.focus(); }
        }

        function draw() {
          if (!data) return;
          $("figures").hidden = false;
          tiles();
          once("alarms", [data.alerts, data.changes], alarms);
          once("traffic", [data.server.history, innerWidth], traffic);
          const model = tabs();
          $("model").hidden = !model;
          if (model) {
            once("quality", [model, innerWidth], () => { quality(model); drift(model); fairness(model); });
          }
          // An open explanation stays where it is while others come.
          if (!open.size) listed = data.recent;
          once("recent", [listed, [...explained.keys()].length], recent);
        }

        async function read() {
          try {
            const response = await fetch("/monitor.json", { headers: headers() });
            if (response.status === 401 || response.status === 403) {
              $("token").hidden = false;
              $("status").textContent = "A token is needed";
              return;
            }
            if (!response.ok) throw new Error(response.status);
            data = await response.json();
            $("token").hidden = true;
            failures = 0;
            draw();
          } catch (error) {
            failures += 1;
            if (failures > 1) { $("status").textContent = "No connection"; $("status").className = "pill bad"; }
          }
        }
        $("token").addEventListener("submit", event => {
          event.preventDefault();
          token = $("secret").value;
          sessionStorage.setItem("apus-token", token);
          read();
        });
        let resizing = 0;
        addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(draw, 150); });
        document.addEventListener("visibilitychange", () => { if (!document.hidden) read(); });
        setInterval(() => { if (!document.hidden) read(); }, 2000);
        read();
        """#
}
#endif
