//! Words of a query -> tantivy's query, built by hand.
//!
//! 1. Each word becomes the terms it may stand for, each with the relevance of that kind of hit; the best one counts.
//! 2. All words must be found; their relevance is added up. A name that is found whole gets [`WHOLE_NAME`] on top.
//! 3. A typo is forgiven in Latin words of [`SEARCH_FUZZY_LETTERS_MIN`] letters, in pinyin only when nobody's name begins as typed;
//!    never in Han characters, where one edit of two characters fits nearly everybody.
//!
//! What always holds: exact above part, part above prefix, prefix above typo.
//! Never here: the query parser of tantivy, which would turn Chinese into phrases.

use super::layout::Fields;
use super::words::{Piece, Word, bigrams, pieces};
use crate::limits::SEARCH_FUZZY_LETTERS_MIN;
use std::ops::Bound;
use tantivy::collector::Count;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

/// The relevance of each kind of hit: exact above part, part above prefix, prefix above typo.
const ONE_ID: f32 = 100.0;
const WHOLE_NAME: f32 = 20.0;
const WHOLE_NUMBER: f32 = 20.0;
const WHOLE_EMAIL: f32 = 20.0;
const WHOLE_SOUND: f32 = 16.0;
const LATIN_WORD: f32 = 6.0;
const HAN_PART: f32 = 6.0;
const PHONE_TAIL: f32 = 6.0;
const SOUND_PART: f32 = 5.0;
const PHONE_PREFIX: f32 = 5.0;
const INITIALS: f32 = 4.0;
const EMAIL_PREFIX: f32 = 3.5;
const WORD_PREFIX: f32 = 3.0;
const NICKNAME: f32 = 3.0;
const PLACE: f32 = 2.0;
const TYPO: f32 = 1.5;
const PLACE_IN_PARTS: f32 = 1.0;

type Part = Box<dyn Query>;

/// Builds the queries of one state of the index.
pub struct QueryBuilder<'a> {
    /// The index's fields.
    pub fields: Fields,
    /// The state; asked only whether a sound exists.
    pub searcher: &'a Searcher,
}

impl QueryBuilder<'_> {
    /// The query for all the words; at least one is given.
    pub fn all_words(&self, words: &[Word]) -> tantivy::Result<Part> {
        let mut every = Vec::new();
        for word in words {
            every.push(self.word(word)?);
        }
        let mut ways = vec![all(every)];
        ways.extend(self.whole_name(words));
        Ok(sum(ways))
    }

    fn word(&self, word: &Word) -> tantivy::Result<Part> {
        Ok(match word {
            Word::OneId(one_id) => whole(self.fields.one_id, &one_id.to_string(), ONE_ID),
            Word::Email(email) => best(vec![whole(self.fields.email, email, WHOLE_EMAIL), prefix(self.fields.email, email, EMAIL_PREFIX)]),
            Word::Number(digits) => self.number(digits),
            Word::Text(text) => {
                let mut parts = Vec::new();
                for piece in pieces(text) {
                    parts.push(self.piece(piece)?);
                }
                let mut ways = vec![all(parts)];
                if text.len() >= 3 && text.is_ascii() {
                    ways.push(prefix(self.fields.email, text, EMAIL_PREFIX));
                }
                best(ways)
            }
        })
    }

    fn piece(&self, piece: Piece<'_>) -> tantivy::Result<Part> {
        match piece {
            Piece::Han(han) => Ok(self.han(han)),
            Piece::Letters(word) => self.letters(word),
            Piece::Digits(digits) => Ok(self.number(digits)),
        }
    }

    fn han(&self, han: &str) -> Part {
        let pairs = bigrams(han);
        let mut ways = vec![phrase(self.fields.han, &pairs, HAN_PART), phrase(self.fields.nickname, &pairs, NICKNAME)];
        if han.chars().count() > 1 {
            ways.push(phrase(self.fields.place, &pairs, PLACE));
        }
        if pairs.len() >= 3 {
            // 朝阳建国路 finds 朝阳区建国路: where two parts meet, a pair is missing.
            let clauses = pairs.iter().map(|pair| (Occur::Should, term(self.fields.place, pair))).collect();
            let most = BooleanQuery::with_minimum_required_clauses(clauses, pairs.len() - pairs.len().div_ceil(4));
            ways.push(constant(Box::new(most), PLACE_IN_PARTS));
        }
        best(ways)
    }

    fn letters(&self, word: &str) -> tantivy::Result<Part> {
        let fields = &self.fields;
        let mut ways = vec![
            whole(fields.latin, word, LATIN_WORD),
            whole(fields.pinyin, word, SOUND_PART),
            whole(fields.initials, word, INITIALS),
            whole(fields.nickname, word, NICKNAME),
            whole(fields.place, word, PLACE),
            prefix(fields.latin, word, WORD_PREFIX),
            prefix(fields.pinyin, word, WORD_PREFIX),
        ];
        if word.chars().count() >= SEARCH_FUZZY_LETTERS_MIN {
            ways.push(typo(fields.latin, word));
            if self.searcher.search(&prefix(fields.pinyin, word, 1.0), &Count)? == 0 {
                ways.push(typo(fields.pinyin, word));
            }
        }
        Ok(best(ways))
    }

    fn number(&self, digits: &str) -> Part {
        let fields = &self.fields;
        let mut ways = vec![whole(fields.phone, digits, WHOLE_NUMBER), whole(fields.place, digits, PLACE)];
        if digits.len() == 4 {
            ways.push(whole(fields.phone_tail, digits, PHONE_TAIL));
        }
        if digits.len() >= 3 {
            ways.push(prefix(fields.phone, digits, PHONE_PREFIX));
            ways.push(prefix(fields.email, digits, EMAIL_PREFIX));
        }
        if let Some(without_trunk) = digits.strip_prefix('0').filter(|rest| rest.len() >= 3) {
            ways.push(whole(fields.phone, without_trunk, WHOLE_NUMBER));
            ways.push(prefix(fields.phone, without_trunk, PHONE_PREFIX));
        }
        best(ways)
    }

    /// What the words are together, when they are the words of one name.
    fn whole_name(&self, words: &[Word]) -> Vec<Part> {
        let mut han = Vec::new();
        let mut latin = Vec::new();
        for word in words {
            let Word::Text(text) = word else { return Vec::new() };
            for piece in pieces(text) {
                match piece {
                    Piece::Han(part) => han.push(part),
                    Piece::Letters(part) => latin.push(part),
                    Piece::Digits(_) => return Vec::new(),
                }
            }
        }
        let fields = &self.fields;
        match (han.is_empty(), latin.is_empty()) {
            (false, true) => vec![whole(fields.whole_name, &han.concat(), WHOLE_NAME)],
            (true, false) => {
                let joined = latin.concat();
                let mut ways = vec![whole(fields.whole_name, &joined, WHOLE_SOUND)];
                if latin.len() > 1 {
                    ways.push(whole(fields.initials, &joined, INITIALS));
                }
                latin.sort_unstable();
                ways.push(whole(fields.whole_name, &latin.join(" "), WHOLE_NAME));
                ways
            }
            _ => Vec::new(),
        }
    }
}

fn term(field: Field, text: &str) -> Part {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn constant(query: Part, relevance: f32) -> Part {
    Box::new(ConstScoreQuery::new(query, relevance))
}

fn whole(field: Field, text: &str, relevance: f32) -> Part {
    constant(term(field, text), relevance)
}

/// Terms that begin with `text`.
fn prefix(field: Field, text: &str, relevance: f32) -> Part {
    let first = Bound::Included(Term::from_field_text(field, text));
    let end = Bound::Excluded(Term::from_field_text(field, &format!("{text}{}", char::MAX)));
    constant(Box::new(RangeQuery::new(first, end)), relevance)
}

fn typo(field: Field, text: &str) -> Part {
    constant(Box::new(FuzzyTermQuery::new(Term::from_field_text(field, text), 1, true)), TYPO)
}

/// The parts one after the other; at least one is given.
fn phrase(field: Field, parts: &[&str], relevance: f32) -> Part {
    match parts {
        [only] => whole(field, only, relevance),
        _ => {
            let terms = parts.iter().map(|part| Term::from_field_text(field, part)).collect();
            constant(Box::new(PhraseQuery::new(terms)), relevance)
        }
    }
}

fn all(mut parts: Vec<Part>) -> Part {
    if parts.len() == 1 { parts.remove(0) } else { Box::new(BooleanQuery::intersection(parts)) }
}

fn sum(mut parts: Vec<Part>) -> Part {
    if parts.len() == 1 { parts.remove(0) } else { Box::new(BooleanQuery::union(parts)) }
}

fn best(parts: Vec<Part>) -> Part {
    Box::new(DisjunctionMaxQuery::new(parts))
}
