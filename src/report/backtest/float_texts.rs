//! Texts of floats that are made once.

/// A table of texts by a hash of the float's bits. Rates and means are ratios of small whole
/// numbers, so the same floats come again and again, and a look-up is faster than a new text.
pub(super) struct FloatTexts {
    known: Vec<KnownText>,
}

#[derive(Clone)]
struct KnownText {
    bits: u64,
    text: String,
}

impl FloatTexts {
    pub(super) fn new() -> Self {
        let none = KnownText {
            bits: f64::NAN.to_bits(),
            text: String::new(),
        };
        Self {
            known: vec![none; 1 << PLACE_BITS],
        }
    }

    /// The text of `value`, as JSON has it.
    pub(super) fn text(&mut self, value: f64) -> &[u8] {
        let bits = value.to_bits();
        // Fibonacci hashing: the highest bits of the product depend on all bits of the number.
        let place = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - PLACE_BITS);
        let place = usize::try_from(place).unwrap_or(0);
        let Some(known) = self.known.get_mut(place) else {
            return b"";
        };
        if known.bits != bits {
            known.bits = bits;
            known.text = serde_json::to_string(&value).unwrap_or_default();
        }
        known.text.as_bytes()
    }
}

/// Logarithm of the number of texts: 4,096 hold most of what a file of one campaign has.
const PLACE_BITS: u32 = 12;
