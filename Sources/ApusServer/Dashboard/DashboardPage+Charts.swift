#if Server
extension DashboardPage {
    /// Charts as SVG: lines over time, bars beside bars, dots with intervals.
    static let charts = #"""
        "use strict";
        const $ = id => document.getElementById(id);
        const make = (name, attributes = {}, ...children) => {
          const node = document.createElement(name);
          for (const [key, value] of Object.entries(attributes)) if (value != null && value !== false) node.setAttribute(key, value);
          node.append(...children.filter(child => child != null && child !== ""));
          return node;
        };
        const svg = (name, attributes = {}, ...children) => {
          const node = document.createElementNS("http://www.w3.org/2000/svg", name);
          for (const [key, value] of Object.entries(attributes)) if (value != null) node.setAttribute(key, value);
          node.append(...children);
          return node;
        };
        const known = value => typeof value === "number" && isFinite(value);
        const number = (value, digits = 3) => !known(value) ? "–" : value === 0 ? "0"
          : Math.abs(value) < 1e-4 ? value.toExponential(1)
          : Math.abs(value) >= 1e5 ? value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 4 })
          : value.toLocaleString("en", { maximumSignificantDigits: Math.max(digits, Math.abs(value) >= 1000 ? 6 : digits) });
        const percent = value => known(value) ? (100 * value).toFixed(value && Math.abs(value) < .1 ? 1 : 0) + " %" : "–";
        const seconds = value => !known(value) ? "–" : value < .001 ? number(value * 1e6, 2) + " µs"
          : value < 1 ? number(value * 1e3, 2) + " ms" : number(value, 3) + " s";
        const clock = time => new Date(time * 1000).toLocaleTimeString("en-GB");
        const ago = span => span < 90 ? Math.round(span) + " s" : span < 5400 ? Math.round(span / 60) + " min"
          : span < 172800 ? Math.round(span / 3600) + " h" : Math.round(span / 86400) + " days";

        const ticksOf = (low, high, wanted) => {
          const span = high - low || 1, power = Math.pow(10, Math.floor(Math.log10(span / wanted)));
          const step = [1, 2, 5, 10].map(k => k * power).find(step => span / step <= wanted) || 10 * power;
          const ticks = [];
          for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
          return ticks;
        };
        const caption = (title, legend) => [make("figcaption", {}, title), legend];

        /// Lines over time: series of {name, values, color, format, area}, a limit as a dashed rule.
        function lines(figure, title, times, series, options = {}) {
          const format = options.format || number;
          const legend = make("ul", { class: "legend" });
          const say = at => legend.replaceChildren(...series.map(one => make("li", {},
            make("i", { style: "background:" + one.color }), one.name + " ", make("b", {}, format(one.values[at])))));
          const shown = series.flatMap(one => one.values.filter(known));
          if (times.length < 2 || !shown.length) {
            figure.replaceChildren(...caption(title, legend), make("p", { class: "quiet" }, options.empty || "Nothing to show yet."));
            return;
          }
          const width = Math.max(240, figure.clientWidth - 32), height = options.height || 170;
          const all = known(options.limit) && options.floor ? [...shown, options.limit] : shown;
          let top = Math.max(options.least || 0, ...all) * 1.06 || 1, base = 0;
          if (options.floor) {
            const span = Math.max(...all) - Math.min(...all) || .1;
            [base, top] = [Math.min(...all) - span * .3, Math.max(...all) + span * .3];
            if (base < 0) base = 0;
          }
          const left = 8 + 6.4 * Math.max(...ticksOf(base, top, 4).map(tick => format(tick).length)), bottom = 20;
          const [from, to] = [times[0], times[times.length - 1]];
          const x = time => left + (time - from) / (to - from || 1) * (width - left - 8);
          const y = value => 6 + (1 - (value - base) / (top - base)) * (height - 6 - bottom);
          const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img",
            "aria-label": title + ". " + series.map(one => one.name + " now " + format(one.values[one.values.length - 1])).join(", ") });
          for (const tick of ticksOf(base, top, 4)) picture.append(
            svg("line", { x1: left, x2: width - 8, y1: y(tick), y2: y(tick), stroke: "var(--grid)" }),
            svg("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, format(tick)));
          for (const share of width < 420 ? [0, 1] : [0, .5, 1]) picture.append(svg("text", { x: x(from + share * (to - from)), y: height - 4,
            "text-anchor": share === 0 ? "start" : share === 1 ? "end" : "middle" }, clock(from + share * (to - from))));
          if (known(options.limit) && options.limit <= top) picture.append(svg("line", { x1: left, x2: width - 8,
            y1: y(options.limit), y2: y(options.limit), stroke: "var(--bad)", "stroke-dasharray": "5 4", "stroke-width": 1.2 }));
          for (const one of series) {
            let path = "", run = [];
            const flush = () => {
              if (!run.length) return;
              if (run.length === 1) picture.append(svg("circle", { cx: run[0][0], cy: run[0][1], r: 2, fill: one.color }));
              const line = run.map(([a, b], k) => (k ? "L" : "M") + a.toFixed(1) + " " + b.toFixed(1)).join("");
              if (one.area) picture.append(svg("path", { d: line + `L${run[run.length - 1][0].toFixed(1)} ${y(0)}L${run[0][0].toFixed(1)} ${y(0)}Z`,
                fill: one.color, "fill-opacity": .14 }));
              path += line;
              run = [];
            };
            one.values.forEach((value, k) => known(value) ? run.push([x(times[k]), y(Math.min(value, top))]) : flush());
            flush();
            picture.append(svg("path", { d: path, fill: "none", stroke: one.color, "stroke-width": 2, "stroke-linejoin": "round" }));
          }
          const mark = svg("line", { y1: 6, y2: height - bottom, stroke: "var(--quiet)", visibility: "hidden" });
          picture.append(mark);
          const last = times.length - 1;
          picture.addEventListener("pointermove", event => {
            const box = picture.getBoundingClientRect();
            const time = from + ((event.clientX - box.left) * width / box.width - left) / (width - left - 8) * (to - from);
            let at = 0;
            times.forEach((each, k) => { if (Math.abs(each - time) < Math.abs(times[at] - time)) at = k; });
            mark.setAttribute("x1", x(times[at])); mark.setAttribute("x2", x(times[at]));
            mark.setAttribute("visibility", "visible");
            say(at);
          });
          picture.addEventListener("pointerleave", () => { mark.setAttribute("visibility", "hidden"); say(last); });
          say(last);
          figure.replaceChildren(...caption(title, legend), picture);
        }

        /// Bars of two samples side by side: what was, in grey, and what is.
        function bars(labels, before, now, options = {}) {
          const width = options.width || 260, height = options.height || 64, foot = options.names ? 16 : 0;
          const top = Math.max(...before, ...now, 1e-9), step = width / labels.length;
          const thick = Math.max(1, Math.min(22, step * .38));
          const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img",
            "aria-label": labels.map((label, k) => `${label}: ${percent(before[k])} before, ${percent(now[k])} now`).join("; ") });
          labels.forEach((label, k) => {
            const middle = (k + .5) * step, group = svg("g", {});
            [[before[k], middle - thick - .5, "var(--then)"], [now[k], middle + .5, "var(--s0)"]].forEach(([value, x, fill]) => {
              const tall = value / top * (height - foot - 2);
              group.append(svg("rect", { x, y: height - foot - tall, width: thick, height: tall, fill, rx: Math.min(2, thick / 3) }));
            });
            group.append(svg("title", {}, `${label}: ${percent(before[k])} in training, ${percent(now[k])} now`));
            if (options.names && step > 34) group.append(svg("text", { x: middle, y: height - 3, "text-anchor": "middle" },
              label.length * 6.2 > step ? label.slice(0, Math.max(1, Math.floor(step / 6.4) - 1)) + "…" : label));
            picture.append(group);
          });
          picture.append(svg("line", { x1: 0, x2: width, y1: height - foot, y2: height - foot, stroke: "var(--line)" }));
          return picture;
        }

        /// A share of each group as a dot with its interval, and a tick where it stood when the model was judged.
        function dots(rows, width) {
          const left = Math.min(120, width * .3), step = 24, height = rows.length * step + 18;
          const highs = rows.flatMap(row => [row.interval ? row.interval[1] : row.value, row.before]).filter(known);
          const top = Math.min(1, Math.max(.05, ...highs) * 1.08), x = value => left + value / top * (width - left - 46);
          const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img",
            "aria-label": rows.map(row => `${row.name}: ${percent(row.value)}`).join("; ") });
          for (const tick of ticksOf(0, top, 4)) picture.append(
            svg("line", { x1: x(tick), x2: x(tick), y1: 2, y2: height - 16, stroke: "var(--grid)" }),
            svg("text", { x: x(tick), y: height - 3, "text-anchor": "middle" }, percent(tick)));
          rows.forEach((row, k) => {
            const y = k * step + 13, color = `var(--s${k % 8})`;
            const name = row.name.length * 6.4 > left - 8 ? row.name.slice(0, Math.floor(left / 6.6) - 2) + "…" : row.name;
            const label = svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, name);
            label.append(svg("title", {}, row.name));
            picture.append(label);
            if (!known(row.value)) return;
            if (row.interval) picture.append(svg("line", { x1: x(row.interval[0]), x2: x(row.interval[1]), y1: y, y2: y,
              stroke: color, "stroke-width": 3, "stroke-opacity": .4, "stroke-linecap": "round" }));
            if (known(row.before)) picture.append(svg("line", { x1: x(row.before), x2: x(row.before), y1: y - 7, y2: y + 7,
              stroke: "var(--then)", "stroke-width": 2 }));
            const dot = svg("circle", { cx: x(row.value), cy: y, r: 5, fill: color });
            dot.append(svg("title", {}, `${row.name}: ${percent(row.value)} of ${row.rows} rows`));
            picture.append(dot, svg("text", { x: width, y: y + 4, "text-anchor": "end" }, percent(row.value)));
          });
          return picture;
        }
        """#
}
#endif
