//! Text -> words: for the index, and for queries.
//!
//! 1. [`prepared`] folds width, case, diacritics and traditional characters, and drops apostrophes (O'Brien, Xi'an).
//! 2. [`pieces`] cuts at white space, signs, and where the script changes.
//! 3. [`BigramTokenizer`] gives Han characters alone and in pairs, both at the character's position, and every other piece
//!    as one word; a run of pairs is then a phrase. (The stock n-gram tokenizer has all positions 0.)
//! 4. [`words`] reads a query: One-IDs, e-mail addresses, numbers, and text.
//!
//! Never here: what a word stands for; that is `query`.

use crate::normalize::{script, text};
use crate::one_id::OneId;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Text as the index holds it.
pub fn prepared(value: &str) -> String {
    let cleaned = text::clean(value);
    let folded = text::folded(&script::simplified(&cleaned));
    folded.chars().filter(|letter| !matches!(letter, '\'' | '’' | '`' | 'ʼ')).collect()
}

/// A stretch of one script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Han characters.
    Han(&'a str),
    /// Letters of any other script.
    Letters(&'a str),
    /// Digits.
    Digits(&'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Han,
    Letter,
    Digit,
    Other,
}

fn class(letter: char) -> Class {
    if text::is_han(letter) {
        Class::Han
    } else if letter.is_alphabetic() {
        Class::Letter
    } else if letter.is_numeric() {
        Class::Digit
    } else {
        Class::Other
    }
}

/// The stretches of a prepared text, in order; signs and white space part them and are dropped.
pub fn pieces(prepared: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = prepared;
    while let Some(first) = rest.chars().next() {
        let kind = class(first);
        let end = rest.find(|letter| class(letter) != kind).unwrap_or(rest.len());
        let (stretch, after) = rest.split_at(end);
        match kind {
            Class::Han => out.push(Piece::Han(stretch)),
            Class::Letter => out.push(Piece::Letters(stretch)),
            Class::Digit => out.push(Piece::Digits(stretch)),
            Class::Other => {}
        }
        rest = after;
    }
    out
}

/// The pairs of neighbouring characters; the one character when there is only one.
pub fn bigrams(han: &str) -> Vec<&str> {
    let starts: Vec<usize> = han.char_indices().map(|(start, _)| start).chain([han.len()]).collect();
    match starts.len() {
        0 | 1 => Vec::new(),
        2 => vec![han],
        _ => starts.windows(3).map(|bounds| &han[bounds[0]..bounds[2]]).collect(),
    }
}

/// Characters alone and in pairs, with positions; other pieces as they are.
#[derive(Clone)]
pub struct BigramTokenizer;

/// The tokens of one text.
pub struct Tokens {
    tokens: Vec<Token>,
    next: usize,
}

impl Tokenizer for BigramTokenizer {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let mut tokens = Tokens { tokens: Vec::new(), next: 0 };
        let mut position = 0;
        for piece in pieces(text) {
            match piece {
                Piece::Han(han) => {
                    let starts: Vec<usize> = han.char_indices().map(|(start, _)| start).chain([han.len()]).collect();
                    for start in 0..starts.len() - 1 {
                        for end in start + 1..=(start + 2).min(starts.len() - 1) {
                            tokens.push(text, &han[starts[start]..starts[end]], position);
                        }
                        position += 1;
                    }
                }
                Piece::Letters(word) | Piece::Digits(word) => {
                    tokens.push(text, word, position);
                    position += 1;
                }
            }
        }
        tokens
    }
}

impl Tokens {
    fn push(&mut self, text: &str, part: &str, position: usize) {
        let offset_from = part.as_ptr() as usize - text.as_ptr() as usize;
        let offset_to = offset_from + part.len();
        self.tokens.push(Token { offset_from, offset_to, position, text: part.to_owned(), position_length: 1 });
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

/// One word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// A whole One-ID.
    OneId(OneId),
    /// Something with an at sign, lower case.
    Email(String),
    /// Three digits or more, written like a phone number; the digits alone.
    Number(String),
    /// Anything else, prepared; it may hold several pieces.
    Text(String),
}

/// The words of a query, in order; words of signs alone are dropped.
pub fn words(query: &str) -> Vec<Word> {
    let cleaned = text::clean(query);
    if let Some(digits) = number(&cleaned) {
        return vec![Word::Number(digits)];
    }
    let separator = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '，' | '、' | ';' | '；' | '·' | '•' | '/' | '|');
    cleaned.split(separator).filter_map(word).collect()
}

fn word(text: &str) -> Option<Word> {
    if let Some(one_id) = OneId::parse(text) {
        return Some(Word::OneId(one_id));
    }
    if text.contains('@') && text.len() > 1 {
        return Some(Word::Email(text.to_lowercase()));
    }
    if let Some(digits) = number(text) {
        return Some(Word::Number(digits));
    }
    let prepared = prepared(text);
    (!pieces(&prepared).is_empty()).then_some(Word::Text(prepared))
}

/// The digits of a text that is written like a phone number, at least three of them; the international prefix 00 is dropped.
fn number(text: &str) -> Option<String> {
    let like_a_phone = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '(' | ')' | '.' | ' ');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 3 || !text.chars().all(like_a_phone) {
        return None;
    }
    let international = digits.len() > 10 && digits.starts_with("00");
    Some(if international { digits[2..].to_owned() } else { digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(String, usize)> {
        let mut tokenizer = BigramTokenizer;
        let mut stream = tokenizer.token_stream(text);
        let mut out = Vec::new();
        while let Some(token) = stream.next() {
            assert_eq!(&text[token.offset_from..token.offset_to], token.text);
            out.push((token.text.clone(), token.position));
        }
        out
    }

    #[test]
    fn bigrams_have_positions() {
        let expected = [("朝", 0), ("朝阳", 0), ("阳", 1), ("阳区", 1), ("区", 2), ("88", 3), ("号", 4), ("a", 5)];
        assert_eq!(tokens("朝阳区88号, a"), expected.map(|(text, position)| (text.to_owned(), position)));
        assert_eq!(bigrams("朝阳区"), ["朝阳", "阳区"]);
        assert_eq!(bigrams("朝"), ["朝"]);
        assert!(bigrams("").is_empty());
    }

    #[test]
    fn queries_are_read_by_form() {
        assert_eq!(words("+86 138-1234 5678"), [Word::Number("8613812345678".to_owned())]);
        assert_eq!(words("0086 13812345678"), [Word::Number("8613812345678".to_owned())]);
        assert_eq!(words("Zhang@Example.com"), [Word::Email("zhang@example.com".to_owned())]);
        assert_eq!(words("張偉　１３８"), [Word::Text("张伟".to_owned()), Word::Number("138".to_owned())]);
        assert_eq!(words(" ?! "), []);
        assert_eq!(words("O'Brien, José"), [Word::Text("obrien".to_owned()), Word::Text("jose".to_owned())]);
    }
}
