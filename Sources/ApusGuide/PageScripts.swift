/// The programs in the guide's pages. They ask nothing from outside, and the pages read well without them.
enum PageScripts {
    /// Puts a button beside each piece of code that copies it.
    static let copying = #"""
        for (const code of document.querySelectorAll("pre.code")) {
          const frame = document.createElement("div");
          frame.className = "copied";
          code.replaceWith(frame);
          frame.append(code);
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = "Copy";
          button.setAttribute("aria-label", "Copy this code");
          button.addEventListener("click", async () => {
            try {
              await navigator.clipboard.writeText(code.textContent);
              button.textContent = "Copied";
            } catch {
              const range = document.createRange();
              range.selectNodeContents(code);
              getSelection().removeAllRanges();
              getSelection().addRange(range);
              button.textContent = "Selected";
            }
            setTimeout(() => { button.textContent = "Copy"; }, 1500);
          });
          frame.append(button);
        }
        """#

    /// Builds controls where the page comes from a server that recomputes the figure; a page from a file keeps none.
    static let live = #"""
        if (location.protocol.startsWith("http")) {
          for (const place of document.querySelectorAll("[data-live]")) {
            const name = place.dataset.live;
            (async () => {
              const reply = await fetch(`live/${name}`);
              if (!reply.ok) return;
              const figure = await reply.json();
              const heading = document.createElement("h3");
              heading.textContent = figure.title;
              const drawing = document.createElement("div");
              const text = document.createElement("p");
              text.setAttribute("aria-live", "polite");
              place.append(heading);
              const inputs = figure.controls.map((control) => {
                const label = document.createElement("label");
                const title = document.createElement("span");
                title.textContent = control.title;
                const input = document.createElement("input");
                Object.assign(input, { type: "range", min: control.min, max: control.max, step: control.step });
                input.value = control.value;
                const shown = document.createElement("output");
                label.append(title, input, shown);
                place.append(label);
                input.addEventListener("input", draw);
                return { control, input, shown };
              });
              place.append(text, drawing);
              let asked = 0;
              let waiting = null;
              async function draw() {
                const number = ++asked;
                const query = new URLSearchParams();
                for (const { control, input } of inputs) query.set(control.name, input.value);
                waiting?.abort();
                waiting = new AbortController();
                try {
                  const reply = await fetch(`live/${name}/draw?${query}`, { signal: waiting.signal });
                  const answer = await reply.json();
                  if (number !== asked) return;
                  text.textContent = answer.text ?? answer.error;
                  if (answer.svg) drawing.innerHTML = answer.svg;
                  for (const { control, shown } of inputs) shown.textContent = answer.values?.[control.name] ?? "";
                } catch (error) {
                  if (error.name !== "AbortError") text.textContent = "The server does not answer any more.";
                }
              }
              place.hidden = false;
              await draw();
            })().catch(() => {});
          }
        }
        """#
}
