//! What the first rows of a file tell.

/// What the first rows tell.
#[derive(Debug, Default)]
pub(in crate::history) struct FirstRows {
    /// True where rows have a time of day, also in a field of its own.
    pub(in crate::history) has_times_of_day: bool,
    /// The first times, as they are written.
    pub(in crate::history) times: Vec<String>,
    /// The field that is not read and tells apart rows of one time, by its place.
    pub(super) tells_apart: Option<usize>,
    /// The fields that are not read, by their places.
    pub(super) unread: Vec<UnreadField>,
    /// The campaign that is the total of the others at each time.
    pub(in crate::history) total_campaign: Option<String>,
}

/// A field that is not read.
#[derive(Debug)]
pub(super) struct UnreadField {
    pub(super) place: usize,
    /// Its first values, each once.
    pub(super) values: Vec<String>,
    /// True where it has several values, each of several rows.
    pub(super) is_varying: bool,
    /// True where they come in turns.
    pub(super) takes_turns: bool,
    /// True where it has them in the rows of one campaign.
    pub(super) is_several: bool,
}

impl FirstRows {
    pub(super) fn unread(&self, place: usize) -> Option<&UnreadField> {
        self.unread.iter().find(|it| it.place == place)
    }
}
