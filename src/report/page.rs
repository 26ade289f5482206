//! The beginning of every HTML report. A report is one page without scripts, loads nothing, has
//! light and dark colours, and can be printed.

use super::chart::escape;

/// The page up to and including its heading.
pub(super) fn head(title: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>dialpace: {title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
    )
}

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1d2433;--soft:#5d6778;--grid:#d9dee7;--page:#fff;--blue:#1f6fd1;--orange:#d9730d;--red:#c62f2f}@media(prefers-color-scheme:dark){:root{--ink:#e8ebf1;--soft:#a3adbd;--grid:#333c4b;--page:#151a22;--blue:#69a8f5;--orange:#f0a04b;--red:#ff7b72}}body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:900px;margin:2rem auto;padding:0 1rem}h1{margin:0}h2{font-size:1.1rem;margin:2rem 0 0}svg{width:100%;height:auto;display:block}pre{overflow-x:auto;font-size:12px}.note{color:var(--soft);font-size:13px;margin:.2rem 0}.advice{border-left:4px solid var(--blue);padding-left:.8rem}.grid{stroke:var(--grid)}.num{font-size:12px;fill:var(--soft)}.title{font-size:13px;fill:var(--ink)}path{fill:none}.line{stroke:var(--blue);stroke-width:1.6}.thin{stroke-width:.8}.faint{stroke:var(--soft)}.other{stroke:var(--orange)}.limit{stroke:var(--red);stroke-dasharray:5 4}.band{fill:var(--orange);fill-opacity:.3}.cell{fill:var(--blue);stroke:var(--page)}.above{fill:var(--orange)}.cross{stroke:var(--red);stroke-opacity:.45}.value{font-size:12px;fill:var(--ink)}.choice{fill:none;stroke:var(--orange);stroke-width:3}.whisker{stroke:var(--soft)}.dot{fill:var(--blue)}.chosen{fill:var(--orange)}@media print{body{margin:0}}";
