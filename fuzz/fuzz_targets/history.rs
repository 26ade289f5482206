//! Any bytes can be read as a file of history: reading ends, every answer rate is a share, and every
//! bad row has a message.
#![no_main]

use dialpace::history::{HistoryReader, ReadingOptions, RowError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let reader = Box::new(std::io::Cursor::new(content.to_vec()));
    let Ok(mut history) = HistoryReader::open(reader, &ReadingOptions::default()) else { return };
    loop {
        match history.next_row() {
            Ok(Some(row)) => {
                let rate = row.poll.and_then(|poll| poll.answer_rate).map(f64::from);
                assert!(rate.is_none_or(|rate| (0.0..=1.0).contains(&rate)));
            }
            Err(RowError::Bad(bad)) => assert!(!bad.to_string().is_empty()),
            Ok(None) | Err(RowError::Unreadable(_)) => break,
        }
    }
});
