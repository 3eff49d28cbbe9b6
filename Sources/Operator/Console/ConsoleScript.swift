/// The console's script. Every page works without it; it keeps the overview fresh and saves clicks.
enum ConsoleScript {
    static let bytes = Array(text.utf8)

    private static let text = #"""
        "use strict";

        // The overview, every two seconds while somebody looks.
        const live = document.getElementById("live");
        async function refresh() {
          if (!document.hidden) {
            try {
              const answer = await fetch(live.dataset.live);
              if (!answer.ok) throw new Error(answer.statusText);
              live.innerHTML = await answer.text();
              live.classList.remove("stale");
            } catch {
              live.classList.add("stale");
            }
          }
          setTimeout(refresh, 2000);
        }
        if (live) setTimeout(refresh, 2000);

        // A box that ticks all others of a name.
        for (const all of document.querySelectorAll("[data-all]")) {
          all.addEventListener("change", () => {
            for (const box of document.getElementsByName(all.dataset.all)) box.checked = all.checked;
          });
        }

        // Long work shows that it is under way.
        for (const form of document.forms) {
          form.addEventListener("submit", () => document.body.classList.add("busy"));
        }
        addEventListener("pageshow", () => document.body.classList.remove("busy"));
        """#
}
