//! Text as bytes that remember where they stand, with the escapes of the web undone.

use std::ops::Range;

/// Bytes, each with the range of the text that it comes from.
#[derive(Debug)]
pub(super) struct Pieces(Vec<Piece>);

#[derive(Clone, Debug)]
struct Piece {
    byte: u8,
    at: Range<usize>,
}

impl Pieces {
    /// The bytes of a text, each with the range of its character.
    pub(super) fn of(text: &str) -> Self {
        let mut pieces = Self(Vec::with_capacity(text.len()));
        for (start, c) in text.char_indices() {
            pieces.push(c, start..start + c.len_utf8());
        }
        pieces
    }

    /// Bytes of no text.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        let piece = |byte: &u8| Piece {
            byte: *byte,
            at: 0..0,
        };
        Self(bytes.iter().map(piece).collect())
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.iter().map(|piece| piece.byte).collect()
    }

    /// In small letters, without blanks and control characters.
    pub(super) fn without_blanks(&self) -> Self {
        self.filtered(|byte| byte > b' ' && byte != 0x7f)
    }

    /// In small letters, of letters and digits alone.
    pub(super) fn alphanumeric(&self) -> Self {
        self.filtered(|byte| byte.is_ascii_alphanumeric())
    }

    /// The ranges of the text whose `length` bytes are wanted.
    pub(super) fn found(
        &self,
        length: usize,
        is_wanted: impl Fn(&[u8]) -> bool,
    ) -> Vec<Range<usize>> {
        let bytes = self.bytes();
        let places = bytes.windows(length).zip(self.0.windows(length));
        let found = places.filter(|(window, _)| is_wanted(window));
        found
            .filter_map(|(_, pieces)| Some(pieces.first()?.at.start..pieces.last()?.at.end))
            .collect()
    }

    /// One layer of escapes undone: percent, JSON, HTML and `0x`. `None` where there is none.
    pub(super) fn decoded(&self) -> Option<Self> {
        let bytes = self.bytes();
        let mut decoded = Self(Vec::with_capacity(bytes.len()));
        let mut n = 0;
        while let (Some(rest), Some(piece)) = (bytes.get(n..), self.0.get(n)) {
            let Some((c, length)) = escape(rest) else {
                decoded.0.push(piece.clone());
                n += 1;
                continue;
            };
            let last = self.0.get(n + length - 1).unwrap_or(piece);
            let at = piece.at.start..last.at.end;
            match c {
                Unescaped::Byte(byte) => decoded.0.push(Piece { byte, at }),
                Unescaped::Char(c) => decoded.push(c, at),
            }
            n += length;
        }
        (decoded.0.len() < self.0.len()).then_some(decoded)
    }

    fn push(&mut self, c: char, at: Range<usize>) {
        let mut buffer = [0; 4];
        for byte in c.encode_utf8(&mut buffer).bytes() {
            let at = at.clone();
            self.0.push(Piece { byte, at });
        }
    }

    fn filtered(&self, is_wanted: fn(u8) -> bool) -> Self {
        let pieces = self.0.iter().filter(|piece| is_wanted(piece.byte));
        let small = |piece: &Piece| Piece {
            byte: piece.byte.to_ascii_lowercase(),
            at: piece.at.clone(),
        };
        Self(pieces.map(small).collect())
    }
}

enum Unescaped {
    Byte(u8),
    Char(char),
}

/// The escape at the start of `text`, and its length.
fn escape(text: &[u8]) -> Option<(Unescaped, usize)> {
    let byte = |digits: &[u8], length| {
        let value = u8::try_from(number(digits, 16)?).ok()?;
        Some((Unescaped::Byte(value), length))
    };
    let char = |digits: &[u8], radix, length| {
        let c = char::from_u32(number(digits, radix)?)?;
        Some((Unescaped::Char(c), length))
    };
    match text {
        [b'%', a, b, ..] => byte(&[*a, *b], 3),
        [b'\\' | b'0', b'x', a, b, ..] => byte(&[*a, *b], 4),
        [b'\\', b'u', b'{', rest @ ..] => {
            let digits = rest.split(|byte| *byte == b'}').next()?;
            char(digits, 16, digits.len() + 4)
        }
        [b'\\', b'u', a, b, c, d, ..] => char(&[*a, *b, *c, *d], 16, 6),
        [b'\\', b'n' | b'r' | b't', ..] => Some((Unescaped::Byte(b' '), 2)),
        [b'\\', c, ..] => Some((Unescaped::Byte(*c), 2)),
        [b'&', b'#', b'x' | b'X', rest @ ..] => {
            let digits = leading(rest, u8::is_ascii_hexdigit);
            char(
                digits,
                16,
                digits.len() + 3 + ends_with_semicolon(rest, digits),
            )
        }
        [b'&', b'#', rest @ ..] => {
            let digits = leading(rest, u8::is_ascii_digit);
            char(
                digits,
                10,
                digits.len() + 2 + ends_with_semicolon(rest, digits),
            )
        }
        [b'&', rest @ ..] => {
            let name = leading(rest, u8::is_ascii_alphabetic);
            let (_, c) = ENTITIES
                .iter()
                .find(|(known, _)| known.as_bytes() == name)?;
            let length = name.len() + 1 + ends_with_semicolon(rest, name);
            Some((Unescaped::Char(*c), length))
        }
        _ => None,
    }
}

fn leading(text: &[u8], is: fn(&u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| !is(byte));
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn ends_with_semicolon(text: &[u8], digits: &[u8]) -> usize {
    usize::from(text.get(digits.len()) == Some(&b';'))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    })
}

/// `bytes` in hex.
pub(super) fn hex(bytes: &[u8]) -> Vec<u8> {
    let digit = |n: u8| char::from_digit(n.into(), 16).map_or(b'0', |c| c as u8);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

/// The named entities of ASCII characters.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("Tab", ' '),
    ("NewLine", ' '),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("dash", '-'),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("tilde", '~'),
];
