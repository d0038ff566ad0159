#if Server
/// The page that shows what the monitor found. It is whole in itself and asks for `/monitor.json` alone; it holds no data,
/// so that it may be open to everyone where the data are not.
enum DashboardPage {
    /// Headers that keep the page from asking anything of anyone else.
    static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
    ]

    /// The page.
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Apus monitor</title>
        <style>\(style)</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the figures</a>
        <header>
          <h1>Apus <span>monitor</span></h1>
          <p id="status" class="pill" role="status" aria-live="polite">Connecting …</p>
          <p id="uptime" class="quiet"></p>
        </header>
        <main id="main" tabindex="-1">
          <form id="token" hidden>
            <label for="secret">This server asks for a token.</label>
            <input id="secret" type="password" autocomplete="off" required>
            <button>Show the figures</button>
          </form>
          <div id="figures" hidden>
            <section aria-label="Now"><dl id="tiles" class="tiles"></dl></section>
            <section id="alarms" aria-labelledby="alarms-title">
              <h2 id="alarms-title">Alarms</h2><div id="alarm-list"></div>
            </section>
            <section aria-labelledby="traffic-title">
              <h2 id="traffic-title">Traffic</h2>
              <div class="pair"><figure id="rate"></figure><figure id="latency"></figure></div>
            </section>
            <nav id="models" role="tablist" aria-label="Models"></nav>
            <div id="model">
              <section aria-labelledby="quality-title">
                <h2 id="quality-title">Predictions</h2>
                <p id="window" class="quiet"></p>
                <div class="pair"><figure id="classes"></figure><figure id="quality"></figure></div>
                <div id="measures" class="card scroll" tabindex="0" role="region" aria-label="Measures"></div>
              </section>
              <section aria-labelledby="drift-title">
                <h2 id="drift-title">Drift by column</h2>
                <figure id="drift"></figure>
                <div id="columns"></div>
              </section>
              <section aria-labelledby="fairness-title" id="fairness">
                <h2 id="fairness-title">Fairness by group</h2>
                <div id="groups"></div>
              </section>
            </div>
            <section aria-labelledby="recent-title">
              <h2 id="recent-title">Recent predictions</h2>
              <div id="recent"></div>
            </section>
          </div>
          <noscript><p>The figures need JavaScript; <a href="/monitor.json">/monitor.json</a> has them as data.</p></noscript>
        </main>
        <script>\(charts)\(script)</script>
        </body>
        </html>
        """
}
#endif
