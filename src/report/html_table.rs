//! Tables of a report: in a box of their own that scrolls, with a caption and headings.

use super::chart::{add, escape};

/// A table of a report.
pub(super) struct HtmlTable<'a> {
    /// Its id in the page.
    pub(super) id: &'a str,
    /// What it shows.
    pub(super) caption: &'a str,
    /// Headings of its columns.
    pub(super) headings: Vec<String>,
    /// Its rows, each with as many cells.
    pub(super) rows: Vec<Row>,
    /// True where a reader may sort it.
    pub(super) is_sortable: bool,
}

/// A row, whose first cell is its name.
#[derive(Default)]
pub(super) struct Row {
    /// Its id in the page; empty without one.
    pub(super) id: String,
    /// Its class; empty without one.
    pub(super) class: &'static str,
    pub(super) cells: Vec<Cell>,
}

/// A cell.
#[derive(Default)]
pub(super) struct Cell {
    /// Its text, as HTML.
    html: String,
    /// The number by which it is sorted.
    number: Option<f64>,
}

impl Cell {
    /// A text.
    pub(super) fn text(words: &str) -> Self {
        Self::html(escape(words))
    }

    /// A text as HTML.
    pub(super) fn html(html: String) -> Self {
        Self {
            html,
            ..Self::default()
        }
    }

    /// A number as text, with the value by which it is sorted.
    pub(super) fn number(words: &str, number: f64) -> Self {
        Self {
            number: Some(number),
            ..Self::text(words)
        }
    }
}

impl HtmlTable<'_> {
    pub(super) fn html(&self) -> String {
        let id = self.id;
        let class = if self.is_sortable && self.rows.len() > 1 {
            " class=\"sortable\""
        } else {
            ""
        };
        let mut html = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}\"><table{class}><caption id=\"{id}\"><span>{}</span></caption><thead><tr>",
            escape(self.caption)
        );
        let is_shown = self.columns_with_something();
        for (heading, _) in self.headings.iter().zip(&is_shown).filter(|it| *it.1) {
            add(
                &mut html,
                format_args!("<th scope=\"col\">{}</th>", escape(heading)),
            );
        }
        html.push_str("</tr></thead><tbody>\n");
        for row in &self.rows {
            row.add_to(&mut html, &is_shown);
        }
        html.push_str("</tbody></table></div>\n");
        html
    }
}

impl HtmlTable<'_> {
    /// True for each column that has something in a row; the others are left out.
    fn columns_with_something(&self) -> Vec<bool> {
        let has_something = |column: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.cells.get(column));
            self.rows.is_empty() || cells.any(|cell| !["", "–"].contains(&cell.html.as_str()))
        };
        (0..self.headings.len()).map(has_something).collect()
    }
}

impl Row {
    fn add_to(&self, html: &mut String, is_shown: &[bool]) {
        html.push_str("<tr");
        attribute(html, "id", &self.id);
        attribute(html, "class", self.class);
        html.push('>');
        let cells = self.cells.iter().zip(is_shown).enumerate();
        for (n, (cell, _)) in cells.filter(|(_, (_, is_shown))| **is_shown) {
            let (open, close) = match n {
                0 => ("<th scope=\"row\"", "</th>"),
                _ => ("<td", "</td>"),
            };
            html.push_str(open);
            if let Some(number) = cell.number {
                add(html, format_args!(" data-v=\"{number}\""));
            }
            add(html, format_args!(">{}{close}", cell.html));
        }
        html.push_str("</tr>\n");
    }
}

fn attribute(html: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        add(html, format_args!(" {name}=\"{value}\""));
    }
}
