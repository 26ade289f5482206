//! A picture with its heading, its caption and its words for those who do not see it.

use super::chart::escape;

/// A picture of a report.
pub(super) struct Figure<'a> {
    /// Its id in the page.
    pub(super) id: &'a str,
    /// What it shows, in a few words.
    pub(super) heading: &'a str,
    /// What it says, for those who do not see it.
    pub(super) words: &'a str,
    /// How to read it, as HTML.
    pub(super) caption: &'a str,
    /// Width and height in pixels.
    pub(super) size: (f64, f64),
    /// The drawing.
    pub(super) svg: &'a str,
}

impl Figure<'_> {
    /// A figure that is half a page wide, and as wide as a phone.
    pub(super) fn half(&self) -> String {
        self.html("", "", "")
    }

    /// A figure that is as wide as the page, and is scrolled on a phone.
    pub(super) fn whole(&self) -> String {
        let id = self.id;
        let before = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}-h\">"
        );
        self.html(" class=\"whole\"", &before, "</div>")
    }

    fn html(&self, class: &str, before: &str, after: &str) -> String {
        let Self { id, svg, .. } = *self;
        let (width, height) = self.size;
        let (heading, words) = (escape(self.heading), escape(self.words));
        let caption = match self.caption {
            "" => String::new(),
            caption => format!("<figcaption>{caption}</figcaption>"),
        };
        format!(
            "<figure{class} id=\"{id}\"><h3 id=\"{id}-h\">{heading}</h3>{before}<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"{id}-t\" aria-describedby=\"{id}-d\"><title id=\"{id}-t\">{heading}</title><desc id=\"{id}-d\">{words}</desc>{svg}</svg>{after}{caption}</figure>\n"
        )
    }
}
